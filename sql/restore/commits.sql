-- Whether a commit waits for the disk, and this user may write a record of WAL by itself.
SELECT
  current_setting('synchronous_commit') <> 'off'
  AND current_setting('fsync') = 'on'
  AND EXISTS (
    SELECT FROM pg_proc
    WHERE proname = 'pg_logical_emit_message' AND pronamespace = 'pg_catalog'::regnamespace
      AND proargtypes[2] = 'text'::regtype AND has_function_privilege(oid, 'EXECUTE')
  ) AS "waits"
