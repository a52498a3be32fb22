-- Volatile functions that a rule can call: by schema and name, and by the name alone where the search_path finds them,
-- whose schemas the setting pgveil.schemas holds. One volatile function among several of a name makes the name volatile.
SELECT DISTINCT n.nspname || '.' || p.proname AS "name"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.provolatile = 'v' AND p.prokind = 'f'
UNION
SELECT DISTINCT p.proname
FROM pg_proc p
WHERE p.provolatile = 'v' AND p.prokind = 'f' AND p.pronamespace IN (
  SELECT n.oid
  FROM pg_namespace n
  WHERE n.nspname IN (SELECT json_array_elements_text(current_setting('pgveil.schemas')::json))
)
