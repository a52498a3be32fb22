-- Every expression that belongs to a table, as PostgreSQL prints it under the search_path of the session. That path may
-- hold functions and operators of anybody, so that nothing here may be found by it: all names have their schema. To print what
-- a partition holds PostgreSQL computes the keys of the tables above it: not those of the setting pgveil.unplanned.
SELECT 'check' AS "kind", k.oid::pg_catalog.int8::pg_catalog.float8 AS "oid", 0 AS "number",
  pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS "expression"
FROM pg_catalog.pg_constraint k
WHERE k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char" AND k.conrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
UNION ALL
SELECT 'generated', e.adrelid::pg_catalog.int8::pg_catalog.float8, e.adnum::pg_catalog.int4,
  pg_catalog.pg_get_expr(e.adbin, e.adrelid)
FROM pg_catalog.pg_attrdef e
JOIN pg_catalog.pg_attribute a
  ON a.attrelid OPERATOR(pg_catalog.=) e.adrelid AND a.attnum OPERATOR(pg_catalog.=) e.adnum
WHERE a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
UNION ALL
SELECT 'predicate', x.indexrelid::pg_catalog.int8::pg_catalog.float8, 0, pg_catalog.pg_get_expr(x.indpred, x.indrelid)
FROM pg_catalog.pg_index x
WHERE x.indpred IS NOT NULL
UNION ALL
SELECT 'key', x.indexrelid::pg_catalog.int8::pg_catalog.float8, key.position,
  pg_catalog.pg_get_indexdef(x.indexrelid, key.position, false)
FROM pg_catalog.pg_index x, pg_catalog.generate_series(1, x.indnkeyatts::pg_catalog.int4) AS key (position)
WHERE x.indrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
UNION ALL
SELECT 'partition', c.oid::pg_catalog.int8::pg_catalog.float8, 0, pg_catalog.pg_get_partition_constraintdef(c.oid)
FROM pg_catalog.pg_class c
WHERE c.relispartition AND c.oid OPERATOR(pg_catalog.<>) ALL (
  SELECT pg_catalog.json_array_elements_text(
    pg_catalog.current_setting('pgveil.unplanned')::pg_catalog.json
  )::pg_catalog.oid
)
