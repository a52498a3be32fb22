-- Values made coarser, so that many people share one. NULL for NULL.

-- The beginning of the year, quarter, month or whatever else date_trunc() knows: generalize_date('1987-05-14', 'year')
-- = '1987-01-01'
CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value date, unit text)
RETURNS date
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT date_trunc(unit, value::timestamp)::date
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value timestamp, unit text)
RETURNS timestamp
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT date_trunc(unit, value)
$$;

-- By the time zone of the session.
CREATE OR REPLACE FUNCTION anon_funcs.generalize_date(value timestamptz, unit text)
RETURNS timestamptz
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT date_trunc(unit, value)
$$;

-- The multiple of a step at or below a number: generalize_number(37, 10) = 30. What lies between the lowest number of a
-- type and its first multiple becomes the lowest number.
CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value numeric, step numeric)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN step > 0 THEN floor(value / step) * step ELSE
    anon_funcs.refuse('generalize_number needs a step above zero, not ' || step || '.', 'Give a positive step.')::numeric
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value integer, step integer)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN value IS NOT NULL AND step IS NOT NULL THEN
    greatest(anon_funcs.generalize_number(value::numeric, step::numeric), -2147483648)::integer
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value bigint, step bigint)
RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN value IS NOT NULL AND step IS NOT NULL THEN
    greatest(anon_funcs.generalize_number(value::numeric, step::numeric), -9223372036854775808)::bigint
  END
$$;

CREATE OR REPLACE FUNCTION anon_funcs.generalize_number(value double precision, step double precision)
RETURNS double precision
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT CASE WHEN step > 0 THEN floor(value / step) * step ELSE
    anon_funcs.refuse('generalize_number needs a step above zero, not ' || step || '.', 'Give a positive step.')::double precision
  END
$$;
