-- Values made coarser, so that many people share one. NULL for NULL.

-- The beginning of the year, quarter, month or whatever else date_trunc() knows: generalize_date('1987-05-14', 'year')
-- = '1987-01-01'
CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value date, unit text)
RETURNS date
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT pg_catalog.date_trunc(unit, value::timestamp)::pg_catalog.date
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value timestamp, unit text)
RETURNS timestamp
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT pg_catalog.date_trunc(unit, value)
$$;

-- In UTC: by the time zone of the session, the reader of a masked view could find out the minute, zone by zone.
CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value timestamptz, unit text)
RETURNS timestamptz
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT pg_catalog.timezone('UTC', pg_catalog.date_trunc(unit, pg_catalog.timezone('UTC', value)))
$$;

-- The multiple of a step at or below a number: generalize_number(37, 10) = 30. What lies between the lowest number of a
-- type and its first multiple becomes the lowest number.
CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value numeric, step numeric)
RETURNS numeric
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF step <= 0 THEN
    PERFORM anon_funcs.refuse('generalize_number needs a step above zero, not ' || step || '.', 'Give a positive step.');
  END IF;
  -- The remainder is exact where a quotient would be rounded.
  RETURN value - CASE WHEN value % step < 0 THEN value % step + step ELSE value % step END;
END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value integer, step integer)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN value IS NOT NULL AND step IS NOT NULL THEN
    greatest(anon_funcs.generalize_number(value::numeric, step::numeric), '-2147483648'::numeric)::integer
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value bigint, step bigint)
RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN value IS NOT NULL AND step IS NOT NULL THEN
    greatest(anon_funcs.generalize_number(value::numeric, step::numeric), '-9223372036854775808'::numeric)::bigint
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value double precision, step double precision)
RETURNS double precision
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF step <= 0 THEN
    PERFORM anon_funcs.refuse('generalize_number needs a step above zero, not ' || step || '.', 'Give a positive step.');
  END IF;
  RETURN floor(value / step) * step;
END
$$;
