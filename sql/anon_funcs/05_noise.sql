-- Values near the original. NULL for NULL.

-- A number changed by up to the given share of it, in either direction: noise(100, 0.2) is from 80 to 120.
CREATE OR REPLACE FUNCTION anon_funcs.noise(noise_value anyelement, ratio double precision)
RETURNS anyelement
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT noise_value OPERATOR(pg_catalog.*) (1::double precision OPERATOR(pg_catalog.+) (((2::double precision OPERATOR(pg_catalog.*) pg_catalog.random()) OPERATOR(pg_catalog.-) 1::double precision) OPERATOR(pg_catalog.*) ratio))
$$;

-- Whole numbers stay within the bounds of their type. least() and greatest() pass over a NULL, so it is looked for.
CREATE OR REPLACE FUNCTION anon_funcs.noise(noise_value smallint, ratio double precision)
RETURNS smallint
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT CASE WHEN noise_value IS NOT NULL AND ratio IS NOT NULL THEN
    greatest(least(noise_value::double precision OPERATOR(pg_catalog.*) (1::double precision OPERATOR(pg_catalog.+) (((2::double precision OPERATOR(pg_catalog.*) pg_catalog.random()) OPERATOR(pg_catalog.-) 1::double precision) OPERATOR(pg_catalog.*) ratio)), 32767), -32768)::smallint
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.noise(noise_value integer, ratio double precision)
RETURNS integer
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT CASE WHEN noise_value IS NOT NULL AND ratio IS NOT NULL THEN
    greatest(least(noise_value::double precision OPERATOR(pg_catalog.*) (1::double precision OPERATOR(pg_catalog.+) (((2::double precision OPERATOR(pg_catalog.*) pg_catalog.random()) OPERATOR(pg_catalog.-) 1::double precision) OPERATOR(pg_catalog.*) ratio)), 2147483647), -2147483648)::integer
  END
$$;

-- 9223372036854774784 is the largest double below 2^63.
CREATE OR REPLACE FUNCTION anon_funcs.noise(noise_value bigint, ratio double precision)
RETURNS bigint
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT CASE WHEN noise_value IS NOT NULL AND ratio IS NOT NULL THEN
    greatest(
      least(noise_value::double precision OPERATOR(pg_catalog.*) (1::double precision OPERATOR(pg_catalog.+) (((2::double precision OPERATOR(pg_catalog.*) pg_catalog.random()) OPERATOR(pg_catalog.-) 1::double precision) OPERATOR(pg_catalog.*) ratio)), 9223372036854774784::double precision),
      '-9223372036854775808'::double precision
    )::bigint
  END
$$;

-- A date or time moved by up to the given interval, in either direction.
CREATE OR REPLACE FUNCTION anon_funcs.dnoise(noise_value anyelement, noise_range interval)
RETURNS anyelement
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT noise_value OPERATOR(pg_catalog.+) (((2::double precision OPERATOR(pg_catalog.*) pg_catalog.random()) OPERATOR(pg_catalog.-) 1::double precision) OPERATOR(pg_catalog.*) noise_range)
$$;
