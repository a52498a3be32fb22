-- Roles (their names are the setting pgveil.roles) with what they could read past the views: the tables whose oids are the
-- setting pgveil.tables, with all that their rows can be read through. A role can become every role that it is a member
-- of (SET ROLE), whether it inherits from it or not. The schema of the views is the setting pgveil.views_schema.
WITH RECURSIVE hidden AS (
  SELECT t.value::oid AS oid FROM json_array_elements_text(current_setting('pgveil.tables')::json) AS t (value)
  UNION
  -- A parent shows the rows of its children.
  SELECT i.inhparent FROM hidden h JOIN pg_inherits i ON i.inhrelid = h.oid
), readable AS (
  SELECT h.oid FROM hidden h
  UNION
  -- So do views and materialized views, but for ours.
  SELECT v.oid
  FROM readable r
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite w ON w.oid = d.objid
  JOIN pg_class v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')
  JOIN pg_namespace n ON n.oid = v.relnamespace
  WHERE n.nspname <> current_setting('pgveil.views_schema')
), relations AS (
  SELECT c.oid, c.relowner, c.relkind, n.nspname || '.' || c.relname AS name
  FROM readable r
  JOIN pg_class c ON c.oid = r.oid
  JOIN pg_namespace n ON n.oid = c.relnamespace
), identities AS (
  SELECT w.rolname AS role, r.*
  FROM pg_roles w
  JOIN pg_roles r ON r.oid = w.oid OR NOT w.rolsuper AND pg_has_role(w.oid, r.oid, 'MEMBER')
  WHERE w.rolname IN (SELECT json_array_elements_text(current_setting('pgveil.roles')::json))
)
SELECT i.role AS "role", NULL AS "table", CASE
  WHEN i.rolsuper THEN 'superuser'
  WHEN i.rolreplication THEN 'replication, which copies the whole server'
  WHEN i.rolcreaterole AND current_setting('server_version_num')::int < 160000 THEN 'CREATEROLE, by which it becomes any other'
  ELSE i.rolname
END || CASE WHEN i.rolname = i.role THEN '' ELSE ' (as ' || i.rolname || ')' END AS "reason"
FROM identities i
WHERE i.rolsuper
  OR i.rolreplication
  OR i.rolcreaterole AND current_setting('server_version_num')::int < 160000
  OR i.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
UNION ALL
SELECT i.role, r.name, CASE
  WHEN r.relowner = i.oid THEN 'ownership'
  WHEN has_any_column_privilege(i.oid, r.oid, 'SELECT') THEN 'SELECT'
  ELSE 'TRIGGER, which sees what is written'
END || CASE WHEN i.rolname = i.role THEN '' ELSE ' (as ' || i.rolname || ')' END
FROM identities i, relations r
WHERE NOT i.rolsuper
  AND (
    r.relowner = i.oid
    OR has_any_column_privilege(i.oid, r.oid, 'SELECT')
    OR r.relkind IN ('r', 'p') AND has_table_privilege(i.oid, r.oid, 'TRIGGER')
  )
ORDER BY 1, 2 NULLS FIRST, 3
