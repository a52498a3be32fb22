-- The schema of the function library. The lock keeps two installations at once from stumbling over each other.
SELECT pg_advisory_xact_lock(hashtext('anon_funcs'));

CREATE SCHEMA IF NOT EXISTS anon_funcs;

-- Whoever makes a dump calls the functions; none of them runs with another role's rights.
GRANT USAGE ON SCHEMA anon_funcs TO PUBLIC;

-- Ends a statement with a message of our own, from inside an SQL expression.
CREATE OR REPLACE FUNCTION anon_funcs.refuse(message text, remedy text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'PV001', MESSAGE = message, HINT = remedy;
END
$$;
