-- What is in the schema of the masked views (its name is the setting pgveil.views_schema), with who may read it. The
-- search_path must be empty, so that a view's text names every schema.
SELECT
  c.relname AS "name",
  c.relkind AS "kind",
  pg_get_userbyid(c.relowner) AS "owner",
  coalesce(obj_description(c.oid, 'pg_class'), '') AS "comment",
  CASE WHEN c.relkind = 'v' THEN md5(pg_get_viewdef(c.oid)) END AS "definition",
  coalesce(c.reloptions @> ARRAY['security_barrier=true'] OR c.reloptions @> ARRAY['security_barrier'], false) AS "barrier",
  array_to_json(ARRAY(
    SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END
    FROM aclexplode(c.relacl) AS a
    LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    ORDER BY 1
  )) AS "readers"
FROM pg_class c
WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_setting('pgveil.views_schema'))
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
ORDER BY c.relname
