-- Parts of a value, the rest hidden. NULL for NULL.

-- The first and last characters of a text, padding between. A text that has no others shows none.
--   partial('123456789', 1, '***', 3) = '1***789'
CREATE OR REPLACE FUNCTION anon_funcs.partial(ov text, prefix integer, padding text, suffix integer)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN length(ov) <= greatest(prefix, 0) + greatest(suffix, 0) THEN padding
    ELSE left(ov, greatest(prefix, 0)) || padding || right(ov, greatest(suffix, 0))
  END
$$;

-- An address with two characters of its name and two of its domain; of a shorter part one less than it has.
--   partial_email('example@gmail.com') = 'ex******@gm******.com'
CREATE OR REPLACE FUNCTION anon_funcs.partial_email(ov text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT left(split_part(ov, '@', 1), least(2, length(split_part(ov, '@', 1)) - 1))
    || '******'
    || CASE WHEN strpos(ov, '@') > 0 THEN
      '@'
      || left(split_part(split_part(ov, '@', 2), '.', 1), least(2, length(split_part(split_part(ov, '@', 2), '.', 1)) - 1))
      || '******'
      || CASE WHEN strpos(split_part(ov, '@', 2), '.') > 0
        THEN '.' || reverse(split_part(reverse(split_part(ov, '@', 2)), '.', 1))
        ELSE ''
      END
    ELSE ''
    END
$$;
