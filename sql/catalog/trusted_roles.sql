-- Roles whose code may run with the rights of the current user, as oids in the setting pgveil.trusted: superusers and the
-- current user. The owner of the database is trusted by those who have less to lend than a superuser.
SELECT set_config('pgveil.trusted', json_agg(r.oid)::text, false)
FROM pg_roles r, pg_roles me
WHERE me.rolname = current_user
  AND (
    r.rolsuper
    OR r.oid = me.oid
    OR NOT me.rolsuper AND r.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database())
  )
