-- The ground that pseudonyms stand on: the same value and salt give the same pseudonym, and without the salt nobody can
-- tell which value it stands for.

-- The salt of functions that are given none: the setting anon_funcs.salt of the session, the role or the database.
-- There is no default: an unsalted pseudonym of a telephone number is found by trying all telephone numbers.
-- The message depends on a setting, or PostgreSQL would compute it, and so raise it, while it plans.
CREATE OR REPLACE FUNCTION anon_funcs.salt()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN pg_catalog.current_setting('anon_funcs.salt', true) OPERATOR(pg_catalog.<>) ''
    THEN pg_catalog.current_setting('anon_funcs.salt', true)
    ELSE anon_funcs.refuse(
      'A pseudonym needs a salt, and there is none.'
        OPERATOR(pg_catalog.||) coalesce(pg_catalog.current_setting('anon_funcs.salt', true), ''),
      'Pass it as an argument, or set anon_funcs.salt.'
    )
  END
$$;

-- Sixteen bytes of SHA-256 out of a value, a salt and a purpose, so that the first name and the last name that one value
-- is given have nothing to do with each other; hexadecimal. In UTF-8, so that databases of any encoding agree; the bytes
-- of a database in SQL_ASCII belong to no encoding and count as they are.
-- IMMUTABLE although convert_to() is STABLE: nothing can change what UTF-8 is, and with a constant salt and value, as for
-- the keys of permutations, PostgreSQL computes it once.
CREATE OR REPLACE FUNCTION anon_funcs.seed(value text, salt text, purpose text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
  RETURN pg_catalog."left"(
    pg_catalog.encode(
      pg_catalog.sha256(
        pg_catalog.convert_to(
          purpose OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) salt OPERATOR(pg_catalog.||) ':'
            OPERATOR(pg_catalog.||) value,
          CASE WHEN pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.=) 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END
        )
      ),
      'hex'
    ),
    32
  );
END
$$;

-- A part of a seed as a number from 0 below a bound: seven of its hexadecimal digits, which is more than any word list has.
CREATE OR REPLACE FUNCTION anon_funcs.seed_number(seed text, part integer, bound integer)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT (
    'x' OPERATOR(pg_catalog.||) pg_catalog.lpad(
      pg_catalog.substr(seed, 1 OPERATOR(pg_catalog.+) (7 OPERATOR(pg_catalog.*) part), 7), 8, '0'
    )
  )::bit(32)::integer OPERATOR(pg_catalog.%) bound
$$;

-- Digits out of a seed, fifteen at the most: sixty of its bits, so that no digit comes noticeably more often.
CREATE OR REPLACE FUNCTION anon_funcs.seed_digits(seed text, count integer)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN CASE WHEN count > 0
    THEN lpad((('x' || left(seed, 15))::bit(60)::bigint % (10::numeric ^ count)::bigint)::text, count, '0')
    WHEN seed IS NOT NULL AND count IS NOT NULL THEN ''
  END;
END
$$;
