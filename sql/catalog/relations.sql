-- Every relation that can hold or show rows, and every sequence, outside the system's schemas.
WITH configuration AS (
  SELECT e.oid AS extension, t.relation, t.condition
  FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS t (relation, condition)
)
SELECT
  c.oid::bigint::float8 AS "oid",
  n.nspname AS "schema",
  c.relname AS "name",
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "sqlName",
  CASE c.relkind
    WHEN 'r' THEN 'table'
    WHEN 'p' THEN 'partitioned'
    WHEN 'v' THEN 'view'
    WHEN 'm' THEN 'materialized-view'
    WHEN 'f' THEN 'foreign-table'
    WHEN 'S' THEN 'sequence'
  END AS "kind",
  pg_get_userbyid(c.relowner) AS "owner",
  CASE WHEN c.relispartition THEN (
    SELECT i.inhparent::bigint::float8 FROM pg_inherits i WHERE i.inhrelid = c.oid
  ) END AS "partitionOf",
  coalesce(
    p.partstrat = 'h' AND EXISTS (
      SELECT
      FROM unnest(p.partattrs::int2[]) AS key (number)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.number
      JOIN pg_type t ON t.oid = a.atttypid
      WHERE t.typtype = 'e'
    ),
    false
  ) AS "partitionsByEnumHash",
  c.relrowsecurity AS "rowSecurity",
  c.relispopulated AS "populated",
  c.reltuples::float8 AS "estimatedRows",
  -- pg_table_size() looks for more files of each table: of 2,000 the question took 120 ms in the place of 60.
  CASE
    WHEN c.relkind IN ('r', 'm')
    THEN coalesce(pg_relation_size(c.oid), 0) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0)
    ELSE 0
  END::float8 AS "bytes",
  CASE
    WHEN m.amname = 'heap' THEN coalesce(pg_relation_size(c.oid), 0) / current_setting('block_size')::bigint
    ELSE 0
  END::float8 AS "pages",
  x.oid::bigint::float8 AS "extensionOid",
  x.extname AS "extensionName",
  f.relation IS NOT NULL AS "configuration",
  coalesce(f.condition, '') AS "configurationCondition"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN pg_extension x ON x.oid = d.refobjid
LEFT JOIN configuration f ON f.extension = x.oid AND f.relation = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
