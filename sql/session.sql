-- One round trip that makes a fresh connection a careful guest, and asks who and where it is.
-- $1, $2, $3: limits in milliseconds (0: none) for a statement, a lock, and idling in a transaction.
--
-- A limit that the server or the role already has is kept where it is shorter. What a setting was is read
-- below OFFSET 0, before anything is changed; its text (`90s`, `1min`, `1500ms`, `0`) reads as an interval.
SELECT
    was.version_num,
    pg_catalog.current_setting('server_version')            AS version,
    current_user::text                                      AS role,
    pg_catalog.current_database()::text                     AS database,
    pg_catalog.pg_is_in_recovery()                          AS in_recovery,
    pg_catalog.current_setting('is_superuser') = 'on'       AS superuser,
    was.statement_ms,
    was.lock_ms,
    pg_catalog.set_config('default_transaction_read_only', 'on', false),
    pg_catalog.set_config('statement_timeout', coalesce(least(nullif(was.statement_ms, 0), nullif($1, 0)), 0)::text, false),
    pg_catalog.set_config('lock_timeout', coalesce(least(nullif(was.lock_ms, 0), nullif($2, 0)), 0)::text, false),
    pg_catalog.set_config('idle_in_transaction_session_timeout', coalesce(least(nullif(was.idle_ms, 0), nullif($3, 0)), 0)::text, false),
    pg_catalog.set_config('application_name', 'advisor', false),
    -- A backend whose client is gone ends within the second, whatever it is doing (14 and later; before 15, and
    -- on Windows, not every platform can tell: manual, 20.3.2).
    CASE
        WHEN was.version_num >= 140000 AND pg_catalog.version() ~ 'linux'
          OR was.version_num >= 150000 AND pg_catalog.version() ~ 'darwin|bsd'
        THEN pg_catalog.set_config('client_connection_check_interval', '1s', false)
    END,
    -- A network that is gone ends the backend within a minute. Without effect over Unix sockets.
    pg_catalog.set_config('tcp_keepalives_idle', '15', false),
    pg_catalog.set_config('tcp_keepalives_interval', '5', false),
    pg_catalog.set_config('tcp_keepalives_count', '3', false),
    pg_catalog.set_config('tcp_user_timeout', '30000', false)
FROM (
    SELECT
        pg_catalog.current_setting('server_version_num')::int AS version_num,
        (extract(epoch FROM pg_catalog.current_setting('statement_timeout')::interval) * 1000)::bigint AS statement_ms,
        (extract(epoch FROM pg_catalog.current_setting('lock_timeout')::interval) * 1000)::bigint AS lock_ms,
        (extract(epoch FROM pg_catalog.current_setting('idle_in_transaction_session_timeout')::interval) * 1000)::bigint AS idle_ms
    OFFSET 0
) AS was
