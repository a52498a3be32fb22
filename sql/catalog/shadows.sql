-- Functions and operators on the search_path, whose schemas the setting pgveil.schemas holds, that have the name of one of
-- PostgreSQL's own or of a trusted role's, so that the types of the arguments decide which is called, and that belong to
-- none of the roles of the setting pgveil.trusted (trusted_roles.sql); and functions of the library that do not either.
WITH trusted AS (
  SELECT json_array_elements_text(current_setting('pgveil.trusted')::json)::oid AS oid
), path AS (
  SELECT n.oid, n.nspname
  FROM pg_namespace n
  WHERE n.nspname IN (SELECT json_array_elements_text(current_setting('pgveil.schemas')::json))
    AND n.nspname <> 'pg_catalog'
)
SELECT DISTINCT 'function' AS "kind", p.proname AS "name", s.nspname AS "schema", pg_get_userbyid(p.proowner) AS "owner"
FROM pg_proc p
JOIN path s ON s.oid = p.pronamespace
WHERE p.proowner NOT IN (SELECT t.oid FROM trusted t)
  AND EXISTS (
    SELECT FROM pg_proc o
    WHERE o.proname = p.proname
      AND (
        o.pronamespace = 'pg_catalog'::regnamespace
        OR o.pronamespace IN (SELECT f.oid FROM path f) AND o.proowner IN (SELECT t.oid FROM trusted t)
      )
  )
UNION ALL
SELECT DISTINCT 'operator', p.oprname, s.nspname, pg_get_userbyid(p.oprowner)
FROM pg_operator p
JOIN path s ON s.oid = p.oprnamespace
WHERE p.oprowner NOT IN (SELECT t.oid FROM trusted t)
  AND EXISTS (SELECT FROM pg_operator o WHERE o.oprname = p.oprname AND o.oprnamespace = 'pg_catalog'::regnamespace)
UNION ALL
SELECT DISTINCT 'library', p.proname, n.nspname, pg_get_userbyid(p.proowner)
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'anon_funcs' AND p.proowner NOT IN (SELECT t.oid FROM trusted t)
