-- Unique indexes of tables, those of primary keys and UNIQUE constraints among them, and other indexes that compute
-- something. A key names its collation where that decides what is equal.
SELECT
  x.indexrelid::bigint::float8 AS "oid",
  i.relname AS "name",
  x.indrelid::bigint::float8 AS "relation",
  x.indisunique AS "unique",
  (
    SELECT json_agg(
      CASE
        WHEN NOT l.collisdeterministic OR a.attcollation <> l.oid
        THEN quote_ident(s.nspname) || '.' || quote_ident(l.collname)
      END
      ORDER BY key.position
    )
    FROM generate_series(1, x.indnkeyatts) AS key (position)
    LEFT JOIN pg_collation l ON l.oid = (x.indcollation::oid[])[key.position - 1]
    LEFT JOIN pg_namespace s ON s.oid = l.collnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = (x.indkey::int2[])[key.position - 1]
  ) AS "collations",
  (
    SELECT coalesce(json_agg(DISTINCT d.refobjsubid), '[]')
    FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = x.indrelid AND d.refobjsubid > 0
  ) AS "dependsOn",
  array_to_json((x.indkey::int2[])[0:x.indnkeyatts - 1]) AS "keyColumns",
  x.indexprs IS NOT NULL OR x.indpred IS NOT NULL AS "computes",
  coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false) AS "nullsNotDistinct"
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (x.indisunique OR x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
  AND x.indisvalid
  AND c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY x.indrelid, i.relname
