-- Which materialized views each materialized view reads, itself or through any number of views between.
WITH RECURSIVE reads AS (
  SELECT DISTINCT v.oid AS reader, d.refobjid AS relation
  FROM pg_class v
  JOIN pg_rewrite r ON r.ev_class = v.oid
  JOIN pg_depend d
    ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
  WHERE v.relkind IN ('v', 'm')
), reached AS (
  SELECT s.reader, s.relation
  FROM reads s
  JOIN pg_class m ON m.oid = s.reader AND m.relkind = 'm'
  UNION
  SELECT a.reader, s.relation
  FROM reached a
  JOIN pg_class v ON v.oid = a.relation AND v.relkind IN ('v', 'm')
  JOIN reads s ON s.reader = a.relation
)
SELECT a.reader::bigint::float8 AS "reader", a.relation::bigint::float8 AS "relation"
FROM reached a
JOIN pg_class m ON m.oid = a.relation AND m.relkind = 'm'
ORDER BY a.reader, a.relation
