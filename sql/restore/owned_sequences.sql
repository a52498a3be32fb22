-- Sequences that feed a column of whole numbers, by ownership or identity.
SELECT
  quote_ident(sn.nspname) || '.' || quote_ident(s.relname) AS "sequence",
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) AS "table",
  quote_ident(a.attname) AS "column",
  q.seqstart::text AS "start",
  q.seqmin::text AS "lowest",
  q.seqmax::text AS "highest",
  t.oid::bigint::float8 AS "tableOid"
FROM pg_class s
JOIN pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_sequence q ON q.seqrelid = s.oid
JOIN pg_depend d
  ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S'
  AND a.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype)
  AND sn.nspname !~ '^pg_'
  AND sn.nspname <> 'information_schema'
ORDER BY 1
