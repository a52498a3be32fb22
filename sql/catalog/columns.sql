-- Every live column of those relations, in order. A type is path-dependent where its text names an object, so that
-- search_path decides how it prints: regclass and its like, and whatever is built of them.
WITH RECURSIVE made_of AS MATERIALIZED (
  SELECT t.oid AS type, t.typelem AS part FROM pg_type t WHERE t.typelem <> 0
  UNION ALL
  SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.typbasetype <> 0
  UNION ALL
  SELECT t.oid, a.atttypid FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid WHERE NOT a.attisdropped
  UNION ALL
  SELECT r.rngtypid, r.rngsubtype FROM pg_range r
), path_dependent AS (
  SELECT unnest(ARRAY[
    'regproc', 'regprocedure', 'regoper', 'regoperator', 'regclass', 'regtype', 'regconfig', 'regdictionary',
    'regcollation'
  ]::regtype[])::oid AS oid
  UNION
  SELECT m.type FROM path_dependent p JOIN made_of m ON m.part = p.oid
)
SELECT
  a.attrelid::bigint::float8 AS "relation",
  a.attnum::int AS "number",
  a.attname AS "name",
  quote_ident(a.attname) AS "sqlName",
  format_type(a.atttypid, a.atttypmod) AS "type",
  format_type(coalesce(v.type, a.atttypid), coalesce(v.typmod, a.atttypmod)) AS "valueType",
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
  a.atttypid IN (SELECT p.oid FROM path_dependent p) AS "pathDependent"
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
-- What a domain is made of, and an array, through any number of both.
LEFT JOIN LATERAL (
  WITH RECURSIVE beneath AS (
    SELECT t.oid AS type, a.atttypmod AS typmod, false AS "isArray"
    WHERE t.typtype = 'd' OR (t.typelem <> 0 AND t.typcategory = 'A')
    UNION ALL
    SELECT
      CASE o.typtype WHEN 'd' THEN o.typbasetype ELSE o.typelem END,
      CASE o.typtype WHEN 'd' THEN o.typtypmod ELSE b.typmod END,
      b."isArray" OR o.typtype <> 'd'
    FROM beneath b
    JOIN pg_type o ON o.oid = b.type
    WHERE o.typtype = 'd' OR (o.typelem <> 0 AND o.typcategory = 'A')
  )
  SELECT b.* FROM beneath b
  JOIN pg_type o ON o.oid = b.type AND NOT (o.typtype = 'd' OR (o.typelem <> 0 AND o.typcategory = 'A'))
) v ON true
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
