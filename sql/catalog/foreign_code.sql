-- What runs code that belongs to none of the roles of the setting pgveil.trusted (trusted_roles.sql). Whoever evaluates it
-- lends its owner the rights of the session: pg_dump never does, and no more do we.
--
-- An object leads to others: a function to the operators, casts and domains that call it, a type to the types made of it,
-- all of them to the expressions that speak of them. Of a type `side` says whether casts to it run the code or casts from
-- it and whatever PostgreSQL computes of its values; of anything else it is 'call'.
WITH RECURSIVE trusted AS (
  SELECT json_array_elements_text(current_setting('pgveil.trusted')::json)::oid AS oid
), leads AS MATERIALIZED (
  SELECT 'pg_proc'::regclass::oid AS from_class, o.oprcode::oid AS from_object,
    'pg_operator'::regclass::oid AS class, o.oid AS object, 0 AS number, 'call' AS side
  FROM pg_operator o
  UNION ALL
  SELECT 'pg_constraint'::regclass, k.oid, 'pg_type'::regclass, k.contypid, 0, 'to'
  FROM pg_constraint k WHERE k.contypid <> 0
  UNION ALL
  -- Who makes a cast owns one of its types: the other may be text, which is nobody's fault.
  SELECT 'pg_proc'::regclass, k.castfunc, 'pg_type'::regclass, t.oid, 0,
    CASE WHEN t.oid = k.casttarget THEN 'to' ELSE 'from' END
  FROM pg_cast k
  JOIN pg_type t ON t.oid IN (k.castsource, k.casttarget)
  JOIN pg_type other ON other.oid = CASE WHEN t.oid = k.casttarget THEN k.castsource ELSE k.casttarget END
  WHERE k.castfunc <> 0
    AND (t.typowner NOT IN (SELECT r.oid FROM trusted r) OR other.typowner IN (SELECT r.oid FROM trusted r))
  UNION ALL
  -- The planner compares a range with the histogram of a column by these.
  SELECT 'pg_proc'::regclass, f.oid, 'pg_type'::regclass, r.rngtypid, 0, f.side
  FROM pg_range r,
    LATERAL (VALUES (r.rngsubdiff::oid, 'from'), (r.rngcanonical, 'from'), (r.rngcanonical, 'to')) AS f (oid, side)
  WHERE f.oid <> 0
  UNION ALL
  SELECT 'pg_type'::regclass, made.part, 'pg_type'::regclass, made.type, 0, NULL
  FROM (
    SELECT t.typelem AS part, t.oid AS type FROM pg_type t WHERE t.typelem <> 0
    UNION ALL
    SELECT t.typbasetype, t.oid FROM pg_type t WHERE t.typbasetype <> 0
    UNION ALL
    SELECT r.rngsubtype, r.rngtypid FROM pg_range r
    UNION ALL
    SELECT r.rngtypid, (to_jsonb(r) ->> 'rngmultitypid')::oid FROM pg_range r WHERE to_jsonb(r) ? 'rngmultitypid'
    UNION ALL
    SELECT a.atttypid, c.reltype
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.atttypid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped AND c.reltype <> 0
  ) made
  UNION ALL
  -- Up to PostgreSQL 14 a generated column itself depends on what its expression calls; any column does on its type.
  SELECT d.refclassid, d.refobjid, d.classid, d.objid, d.objsubid, 'call'
  FROM pg_depend d
  WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass)
    AND (
      d.classid IN (
        'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_statistic_ext'::regclass, 'pg_rewrite'::regclass
      )
      OR d.classid = 'pg_class'::regclass AND (
        d.objsubid = 0
        OR EXISTS (
          SELECT FROM pg_attribute a WHERE a.attrelid = d.objid AND a.attnum = d.objsubid AND a.attgenerated <> ''
        )
      )
    )
), foreign_code AS (
  SELECT 'pg_proc'::regclass::oid AS class, p.oid AS object, 0 AS number, 'call' AS side
  FROM pg_proc p WHERE p.proowner NOT IN (SELECT t.oid FROM trusted t)
  UNION
  SELECT l.class, l.object, l.number, coalesce(l.side, f.side)
  FROM foreign_code f
  JOIN leads l ON l.from_class = f.class AND l.from_object = f.object
), planned AS (
  -- What the planner of a SELECT computes of a table, where it can, before it looks at any row; and what a view computes.
  SELECT i.indrelid AS oid, format('the index %I', c.relname) AS what, false AS of_partitions
  FROM foreign_code f JOIN pg_index i ON i.indexrelid = f.object JOIN pg_class c ON c.oid = i.indexrelid
  WHERE f.class = 'pg_class'::regclass AND f.number = 0
  UNION
  SELECT s.stxrelid, format('the statistics %I', s.stxname), false
  FROM foreign_code f JOIN pg_statistic_ext s ON s.oid = f.object WHERE f.class = 'pg_statistic_ext'::regclass
  UNION
  SELECT p.partrelid, format('the partition key of %s', p.partrelid::regclass), true
  FROM foreign_code f JOIN pg_partitioned_table p ON p.partrelid = f.object
  WHERE f.class = 'pg_class'::regclass AND f.number = 0
  UNION
  SELECT r.ev_class, format('the view %s', r.ev_class::regclass), false
  FROM foreign_code f JOIN pg_rewrite r ON r.oid = f.object JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v'
  WHERE f.class = 'pg_rewrite'::regclass
), readers AS MATERIALIZED (
  -- Reading the second reads the first; of a partition key, the partitions' bounds are made.
  SELECT i.inhrelid AS oid, i.inhparent AS reader, false AS of_partitions FROM pg_inherits i
  UNION ALL
  SELECT i.inhparent, i.inhrelid, true FROM pg_inherits i
  UNION ALL
  SELECT d.refobjid, r.ev_class, false
  FROM pg_depend d
  JOIN pg_rewrite r ON r.oid = d.objid
  JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v'
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
), relations AS (
  SELECT p.oid, p.what, p.of_partitions FROM planned p
  UNION
  SELECT s.reader, r.what, r.of_partitions
  FROM relations r JOIN readers s ON s.oid = r.oid AND (r.of_partitions OR NOT s.of_partitions)
)
SELECT 'constraint' AS "kind", f.object::bigint::float8 AS "oid", 0 AS "number", NULL AS "what"
FROM foreign_code f WHERE f.class = 'pg_constraint'::regclass
UNION ALL
SELECT 'index', f.object::bigint::float8, 0, NULL
FROM foreign_code f WHERE f.class = 'pg_class'::regclass AND f.number = 0
UNION ALL
SELECT 'generated', f.object::bigint::float8, f.number, NULL
FROM foreign_code f WHERE f.class = 'pg_class'::regclass AND f.number > 0
UNION ALL
SELECT 'generated', a.adrelid::bigint::float8, a.adnum::int, NULL
FROM foreign_code f JOIN pg_attrdef a ON a.oid = f.object WHERE f.class = 'pg_attrdef'::regclass
UNION ALL
SELECT CASE f.side WHEN 'to' THEN 'cast-to' ELSE 'cast-from' END, a.attrelid::bigint::float8, a.attnum::int, NULL
FROM foreign_code f
JOIN pg_attribute a ON a.atttypid = f.object AND a.attnum > 0 AND NOT a.attisdropped
WHERE f.class = 'pg_type'::regclass
UNION ALL
SELECT 'relation', r.oid::bigint::float8, 0, min(r.what)
FROM relations r
GROUP BY r.oid
