-- What runs code that belongs to none of the roles of the setting pgveil.trusted (trusted_roles.sql). Whoever evaluates it
-- lends its owner the rights of the session: pg_dump never does, and no more do we.
WITH RECURSIVE trusted AS (
  SELECT json_array_elements_text(current_setting('pgveil.trusted')::json)::oid AS oid
), functions AS (
  SELECT p.oid FROM pg_proc p WHERE p.proowner NOT IN (SELECT t.oid FROM trusted t)
), calls AS (
  SELECT d.classid, d.objid, d.objsubid
  FROM pg_depend d
  WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid IN (SELECT f.oid FROM functions f)
  UNION
  SELECT d.classid, d.objid, d.objsubid
  FROM pg_depend d
  JOIN pg_operator o ON o.oid = d.refobjid
  WHERE d.refclassid = 'pg_operator'::regclass AND o.oprcode IN (SELECT f.oid FROM functions f)
), types AS (
  SELECT k.contypid AS oid
  FROM calls c
  JOIN pg_constraint k ON k.oid = c.objid
  WHERE c.classid = 'pg_constraint'::regclass AND k.contypid <> 0
  UNION
  SELECT k.casttarget FROM pg_cast k WHERE k.castfunc IN (SELECT f.oid FROM functions f)
  UNION
  SELECT t.oid FROM types e JOIN pg_type t ON e.oid IN (t.typbasetype, t.typelem)
)
SELECT 'constraint' AS "kind", c.objid::bigint::float8 AS "oid", 0 AS "number"
FROM calls c WHERE c.classid = 'pg_constraint'::regclass
UNION ALL
SELECT 'index', c.objid::bigint::float8, 0
FROM calls c WHERE c.classid = 'pg_class'::regclass AND c.objsubid = 0
UNION ALL
-- Up to PostgreSQL 14 the column itself depends on what its expression calls.
SELECT 'generated', c.objid::bigint::float8, c.objsubid
FROM calls c WHERE c.classid = 'pg_class'::regclass AND c.objsubid > 0
UNION ALL
SELECT 'generated', a.adrelid::bigint::float8, a.adnum::int
FROM calls c JOIN pg_attrdef a ON a.oid = c.objid WHERE c.classid = 'pg_attrdef'::regclass
UNION ALL
SELECT 'type', a.attrelid::bigint::float8, a.attnum::int
FROM pg_attribute a WHERE a.atttypid IN (SELECT t.oid FROM types t) AND a.attnum > 0 AND NOT a.attisdropped
