-- Foreign keys by the tables that have them; those of partitions go with that of their partitioned table.
SELECT n.nspname AS "schema", c.relname AS "name", k.conname AS "constraint"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.oid
