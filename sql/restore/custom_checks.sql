-- CHECK constraints of tables that call a function which is not PostgreSQL's own.
SELECT DISTINCT n.nspname AS "schema", c.relname AS "table", k.conname AS "name"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_proc'::regclass
JOIN pg_proc p ON p.oid = d.refobjid
WHERE k.contype = 'c'
  AND k.coninhcount = 0
  AND p.pronamespace <> 'pg_catalog'::regnamespace
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY 1, 2, 3
