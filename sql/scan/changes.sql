-- What moves when the rows of a table change: its file, its size, and the counters of the rows that were written. The
-- counters begin anew when the server starts, so its start belongs to them; on a standby they never move.
SELECT
  c.oid::bigint::float8 AS "oid",
  concat_ws(
    ' ',
    pg_relation_filenode(c.oid),
    pg_relation_size(c.oid),
    pg_stat_get_tuples_inserted(c.oid),
    pg_stat_get_tuples_updated(c.oid),
    pg_stat_get_tuples_deleted(c.oid),
    extract(epoch FROM pg_postmaster_start_time()),
    (SELECT extract(epoch FROM d.stats_reset) FROM pg_stat_database d WHERE d.datname = current_database())
  ) AS "state"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
  AND NOT pg_is_in_recovery()
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
