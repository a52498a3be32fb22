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
)
SELECT
  a.attrelid::bigint::float8 AS "relation",
  a.attnum::int AS "number",
  a.attname AS "name",
  quote_ident(a.attname) AS "sqlName",
  format_type(a.atttypid, a.atttypmod) AS "type",
  a.attnotnull AS "notNull",
  a.attidentity <> '' AS "identity",
  information_schema._pg_char_max_length(
    information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)
  ) AS "maxLength",
  EXISTS (SELECT FROM path_dependent p WHERE p.oid = a.atttypid) AS "pathDependent"
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
