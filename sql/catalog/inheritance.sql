-- Tables that inherit from others by INHERITS, which is not partitioning; nearest parents in the order of the table.
SELECT i.inhrelid::bigint::float8 AS "child", i.inhparent::bigint::float8 AS "parent"
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
WHERE NOT c.relispartition AND c.relkind IN ('r', 'f')
ORDER BY i.inhrelid, i.inhseqno
