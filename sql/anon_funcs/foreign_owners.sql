-- What is in the schema of the library, the schema included, and belongs neither to a superuser nor to a role whose
-- rights the current user has anyway. Whoever may create objects in it counts, too.
SELECT o.object AS "object", coalesce(r.rolname, 'PUBLIC') AS "owner"
FROM (
  SELECT 'the schema' AS object, n.nspowner AS owner FROM pg_namespace n WHERE n.nspname = 'anon_funcs'
  UNION ALL
  SELECT p.oid::regprocedure::text, p.proowner FROM pg_proc p WHERE p.pronamespace = 'anon_funcs'::regnamespace
  UNION ALL
  SELECT c.oid::regclass::text, c.relowner FROM pg_class c WHERE c.relnamespace = 'anon_funcs'::regnamespace
  UNION ALL
  SELECT 'the right to create objects', a.grantee
  FROM pg_namespace n, aclexplode(n.nspacl) AS a
  WHERE n.nspname = 'anon_funcs' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
) AS o
LEFT JOIN pg_roles r ON r.oid = o.owner
WHERE NOT coalesce(
  r.rolsuper OR r.rolname = current_user
  OR NOT (SELECT s.rolsuper FROM pg_roles s WHERE s.rolname = current_user) AND pg_has_role(r.oid, 'USAGE'),
  false
)
ORDER BY o.object
