-- The schema of the function library. The lock keeps two installations at once from stumbling over each other.
SELECT pg_advisory_xact_lock(hashtext('anon_funcs'));

CREATE SCHEMA IF NOT EXISTS anon_funcs;

-- How the functions are written. They run with the search_path of whoever calls them, who may be the superuser that
-- makes a dump, or the reader of a masked view who wants to see behind it: a function, an operator or a type of
-- somebody else must never be found in the place of PostgreSQL's own. So either the search_path is pinned (SET costs
-- 1 microsecond a call and keeps PostgreSQL from inlining), or every name has its schema.

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
