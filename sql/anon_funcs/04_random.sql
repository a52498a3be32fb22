-- Values that have nothing to do with the original. All are VOLATILE: two calls give two values.
--
-- Where the body is one expression PostgreSQL inlines it, so that a call costs what random() costs.

-- Letters A-Z and digits. NULL for NULL.
CREATE OR REPLACE FUNCTION anon_funcs.random_string(l integer)
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
STRICT
AS $$
  SELECT coalesce(
    pg_catalog.string_agg(
      pg_catalog.substr(
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
        (1 OPERATOR(pg_catalog.+) pg_catalog.floor((pg_catalog.random() OPERATOR(pg_catalog.*) 36::double precision))::integer),
        1
      ),
      ''
    ),
    ''
  )
  FROM pg_catalog.generate_series(1, l)
$$;

-- Six digits.
CREATE OR REPLACE FUNCTION anon_funcs.random_zip()
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT pg_catalog.lpad(pg_catalog.floor((pg_catalog.random() OPERATOR(pg_catalog.*) 1000000::double precision))::integer::pg_catalog.text, 6, '0')
$$;

-- Eight digits.
CREATE OR REPLACE FUNCTION anon_funcs.random_inn()
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT pg_catalog.lpad(pg_catalog.floor((pg_catalog.random() OPERATOR(pg_catalog.*) 100000000::double precision))::integer::pg_catalog.text, 8, '0')
$$;

-- A moment between two others. NULL where one of them is.
CREATE OR REPLACE FUNCTION anon_funcs.random_date_between(date_start timestamptz, date_end timestamptz)
RETURNS timestamptz
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT (date_start OPERATOR(pg_catalog.+) (pg_catalog.random() OPERATOR(pg_catalog.*) (date_end OPERATOR(pg_catalog.-) date_start)))
$$;

-- A moment from 1900 until now.
CREATE OR REPLACE FUNCTION anon_funcs.random_date()
RETURNS timestamptz
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT anon_funcs.random_date_between('1900-01-01 00:00:00+00'::pg_catalog.timestamptz, pg_catalog.now())
$$;

-- A whole number from the first one up to, but not including, the second one; the first one where both are equal.
CREATE OR REPLACE FUNCTION anon_funcs.random_int_between(int_start integer, int_stop integer)
RETURNS integer
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT pg_catalog.floor(
    (int_start::double precision OPERATOR(pg_catalog.+) (pg_catalog.random() OPERATOR(pg_catalog.*) (int_stop::double precision OPERATOR(pg_catalog.-) int_start::double precision)))
  )::integer
$$;

-- The same for bigint. random() has 53 bits: over a wider range not every number can come, and a product that rounds
-- up to the second number is brought back below it.
CREATE OR REPLACE FUNCTION anon_funcs.random_bigint_between(int_start bigint, int_stop bigint)
RETURNS bigint
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT CASE WHEN int_start IS NOT NULL AND int_stop IS NOT NULL THEN
    least(
      (int_start::numeric OPERATOR(pg_catalog.+) pg_catalog.floor((pg_catalog.random()::numeric OPERATOR(pg_catalog.*) (int_stop::numeric OPERATOR(pg_catalog.-) int_start::numeric))))::bigint,
      greatest((int_stop OPERATOR(pg_catalog.-) 1::bigint), int_start)
    )
  END
$$;

-- A prefix and nine digits, the first of them no zero.
CREATE OR REPLACE FUNCTION anon_funcs.random_phone(phone_prefix text DEFAULT '0')
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT phone_prefix OPERATOR(pg_catalog.||) pg_catalog.floor(
    (100000000::double precision OPERATOR(pg_catalog.+) (pg_catalog.random() OPERATOR(pg_catalog.*) 900000000::double precision))
  )::integer::pg_catalog.text
$$;

-- The hash of a value with a salt that nobody knows: equal values give different hashes. NULL for NULL.
CREATE OR REPLACE FUNCTION anon_funcs.random_hash(seed text, algorithm text)
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT anon_funcs.digest(seed, anon_funcs.random_string(6), algorithm)
$$;

-- One element of an array. NULL for an empty one.
CREATE OR REPLACE FUNCTION anon_funcs.random_in(a anyarray)
RETURNS anyelement
LANGUAGE sql
VOLATILE
PARALLEL RESTRICTED
AS $$
  SELECT a[(pg_catalog.array_lower(a, 1) OPERATOR(pg_catalog.+) pg_catalog.floor((pg_catalog.random() OPERATOR(pg_catalog.*) pg_catalog.array_length(a, 1)::double precision))::integer)]
$$;
