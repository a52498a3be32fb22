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
    WHEN pg_catalog.length(ov) OPERATOR(pg_catalog.<=) (greatest(prefix, 0) OPERATOR(pg_catalog.+) greatest(suffix, 0))
    THEN padding
    ELSE pg_catalog."left"(ov, greatest(prefix, 0)) OPERATOR(pg_catalog.||) padding
      OPERATOR(pg_catalog.||) pg_catalog."right"(ov, greatest(suffix, 0))
  END
$$;

-- An address with two characters of its name and two of its domain; of a shorter part one less than it has.
--   partial_email('example@gmail.com') = 'ex******@gm******.com'
CREATE OR REPLACE FUNCTION anon_funcs.partial_email(ov text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name text := split_part(ov, '@', 1);
  domain text := split_part(ov, '@', 2);
  host text := split_part(domain, '.', 1);
BEGIN
  RETURN left(name, least(2, length(name) - 1)) || '******' || CASE WHEN strpos(ov, '@') > 0 THEN
    '@' || left(host, least(2, length(host) - 1)) || '******'
      || CASE WHEN strpos(domain, '.') > 0 THEN '.' || reverse(split_part(reverse(domain), '.', 1)) ELSE '' END
    ELSE ''
  END;
END
$$;
