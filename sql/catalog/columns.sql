-- Every live column of those relations, in order. A type is path-dependent where its text names an object, so that
-- search_path decides how it prints: regclass and its like, and whatever is built of them.
WITH RECURSIVE path_dependent AS (
  SELECT unnest(ARRAY[
    'regproc', 'regprocedure', 'regoper', 'regoperator', 'regclass', 'regtype', 'regconfig', 'regdictionary',
    'regcollation'
  ]::regtype[])::oid AS oid
  UNION
  SELECT t.oid
  FROM path_dependent p
  JOIN pg_type t
    ON t.typelem = p.oid
    OR t.typbasetype = p.oid
    OR EXISTS (
      SELECT FROM pg_attribute a
      WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.atttypid = p.oid AND NOT a.attisdropped
    )
    OR EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = t.oid AND r.rngsubtype = p.oid)
), beneath AS (
  -- What a domain is made of, and an array, through any number of both.
  SELECT t.oid AS type, false AS "isArray", t.oid AS value, NULL::int AS typmod
  FROM pg_type t
  WHERE t.typtype = 'd' OR (t.typelem <> 0 AND t.typcategory = 'A')
  UNION ALL
  SELECT b.type, b."isArray" OR t.typtype <> 'd',
    CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
    CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE b.typmod END
  FROM beneath b
  JOIN pg_type t ON t.oid = b.value
  WHERE t.typtype = 'd' OR (t.typelem <> 0 AND t.typcategory = 'A')
), value_types AS (
  SELECT b.* FROM beneath b JOIN pg_type t ON t.oid = b.value
  WHERE NOT (t.typtype = 'd' OR (t.typelem <> 0 AND t.typcategory = 'A'))
)
SELECT
  a.attrelid::bigint::float8 AS "relation",
  a.attnum::int AS "number",
  a.attname AS "name",
  quote_ident(a.attname) AS "sqlName",
  format_type(a.atttypid, a.atttypmod) AS "type",
  format_type(coalesce(v.value, a.atttypid), coalesce(v.typmod, a.atttypmod)) AS "valueType",
  coalesce(v."isArray", false) AS "isArray",
  a.attnotnull AS "notNull",
  a.attidentity <> '' AS "identity",
  EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)
  ) AS "primaryKey",
  EXISTS (
    SELECT FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
  ) AS "ownsSequence",
  information_schema._pg_char_max_length(
    information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)
  ) AS "maxLength",
  EXISTS (SELECT FROM path_dependent p WHERE p.oid = a.atttypid) AS "pathDependent"
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN value_types v ON v.type = a.atttypid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
