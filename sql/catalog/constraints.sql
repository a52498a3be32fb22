-- CHECK, foreign key and exclusion constraints of tables. What is NOT VALID is restored as such and checks no existing row;
-- a foreign key joins by it all the same. A foreign key's entries on the partitions of the referenced table only carry its triggers.
SELECT
  k.oid::bigint::float8 AS "oid",
  k.conname AS "name",
  k.contype AS "type",
  k.conrelid::bigint::float8 AS "relation",
  coalesce(array_to_json(k.conkey), '[]') AS "columns",
  nullif(k.confrelid, 0)::bigint::float8 AS "references",
  coalesce(array_to_json(k.confkey), '[]') AS "referencedColumns",
  (
    SELECT json_agg(quote_ident(s.nspname) || '.' || o.oprname ORDER BY equal.position)
    FROM unnest(k.conpfeqop) WITH ORDINALITY AS equal (oid, position)
    JOIN pg_operator o ON o.oid = equal.oid
    JOIN pg_namespace s ON s.oid = o.oprnamespace
  ) AS "equalities",
  k.convalidated AS "validated",
  k.confmatchtype = 'f' AS "matchFull",
  nullif(k.conparentid, 0)::bigint::float8 AS "parent"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('c', 'f', 'x')
  AND (k.convalidated OR k.contype = 'f')
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
    SELECT FROM pg_constraint p
    WHERE k.contype = 'f' AND p.oid = k.conparentid AND p.conrelid = k.conrelid
  )
ORDER BY k.conrelid, k.conname
