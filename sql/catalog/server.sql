-- One row about the server and the database.
SELECT
  current_setting('server_version_num')::int AS "versionNumber",
  current_setting('server_version') AS "version",
  pg_encoding_to_char(d.encoding) AS "encoding",
  d.datname AS "database",
  d.oid::bigint::float8 AS "databaseOid",
  has_function_privilege('pg_control_system()', 'execute') AS "tellsIdentifier",
  pg_is_in_recovery() AS "inRecovery"
FROM pg_database d
WHERE d.datname = current_database()
