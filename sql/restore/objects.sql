-- What a database holds beside the system, its extensions and pgveil's own library; the first few by name.
WITH own AS (
  SELECT oid FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'anon_funcs')
), objects AS (
  SELECT 'pg_class'::regclass AS catalog, c.oid, n.nspname || '.' || c.relname AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relnamespace IN (SELECT oid FROM own)
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, n.nspname || '.' || p.proname
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.pronamespace IN (SELECT oid FROM own)
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, n.nspname || '.' || t.typname
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typnamespace IN (SELECT oid FROM own) AND t.typtype IN ('d', 'e', 'r')
)
SELECT count(*)::float8 AS "count", array_to_json((array_agg(o.name ORDER BY o.name))[1:5]) AS "examples"
FROM objects o
WHERE NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype = 'e'
)
