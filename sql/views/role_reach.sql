-- Roles (their names are the setting pgveil.roles) with the tables (their oids are the setting pgveil.tables) that they
-- could read, past the views, and by what.
WITH wanted AS (
  SELECT r.* FROM pg_roles r
  WHERE r.rolname IN (SELECT json_array_elements_text(current_setting('pgveil.roles')::json))
), hidden AS (
  SELECT c.oid, c.relowner, n.nspname || '.' || c.relname AS name
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid IN (SELECT json_array_elements_text(current_setting('pgveil.tables')::json)::oid)
)
SELECT w.rolname AS "role", NULL AS "table", 'it is a superuser' AS "reason" FROM wanted w WHERE w.rolsuper
UNION ALL
SELECT w.rolname, NULL, 'it may create roles and so become any other'
FROM wanted w WHERE w.rolcreaterole AND current_setting('server_version_num')::int < 160000
UNION ALL
SELECT w.rolname, NULL, 'it is a member of ' || p.rolname
FROM wanted w
JOIN pg_roles p ON p.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
WHERE NOT w.rolsuper AND pg_has_role(w.oid, p.oid, 'MEMBER')
UNION ALL
SELECT w.rolname, h.name, 'it has SELECT on it'
FROM wanted w, hidden h WHERE NOT w.rolsuper AND has_any_column_privilege(w.oid, h.oid, 'SELECT')
UNION ALL
SELECT w.rolname, h.name, 'it is a member of its owner'
FROM wanted w, hidden h WHERE NOT w.rolsuper AND pg_has_role(w.oid, h.relowner, 'MEMBER')
ORDER BY 1, 2 NULLS FIRST
