-- Unique indexes of tables, those of primary keys and UNIQUE constraints among them.
SELECT
  x.indexrelid::bigint::float8 AS "oid",
  i.relname AS "name",
  x.indrelid::bigint::float8 AS "relation",
  (
    SELECT json_agg(pg_get_indexdef(x.indexrelid, key.position::int, false) ORDER BY key.position)
    FROM generate_series(1, x.indnkeyatts) AS key (position)
  ) AS "keys",
  (
    SELECT coalesce(json_agg(DISTINCT d.refobjsubid), '[]')
    FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = x.indrelid AND d.refobjsubid > 0
  ) AS "dependsOn",
  array_to_json((x.indkey::int2[])[0:x.indnkeyatts - 1]) AS "keyColumns",
  pg_get_expr(x.indpred, x.indrelid) AS "predicate",
  coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false) AS "nullsNotDistinct"
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE x.indisunique
  AND x.indisvalid
  AND c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY x.indrelid, i.relname
