-- One row: how many more connections this user may open to this database. Superusers, who may have more, are counted
-- like others where the whole server is concerned.
SELECT
  least(
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0)
      - (SELECT count(*) FROM pg_stat_activity a WHERE a.datid IS NOT NULL),
    CASE
      WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper
      THEN r.rolconnlimit - (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid)
    END,
    CASE
      WHEN d.datconnlimit >= 0 AND NOT r.rolsuper
      THEN d.datconnlimit - (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid)
    END
  )::int AS "free"
FROM pg_roles r
CROSS JOIN pg_database d
WHERE r.rolname = session_user
  AND d.datname = current_database()
