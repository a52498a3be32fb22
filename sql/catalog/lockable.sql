-- Tables whose rows a dump may read, to be locked before anything else is asked about them.
SELECT
  c.oid::bigint::float8 AS "oid",
  n.nspname AS "schema",
  c.relname AS "name",
  has_table_privilege(c.oid, 'SELECT') AS "readable"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.oid = d.refobjid AND c.oid = ANY (e.extconfig))
  )
ORDER BY c.oid
