-- One round trip that makes a fresh connection a careful guest, and asks who and where it is.
-- $1, $2, $3: limits with their unit (`60000ms`; null: none) for a statement, a lock, and idling in a transaction.
--
-- A limit that the server, the database or the role already has is kept where it is shorter: what a setting was is
-- read below OFFSET 0, before anything is changed, and its text (`90s`, `1min`, `0`) reads as an interval.
-- set_config to null leaves the server's own value in force. A fresh backend looks up every function and operator
-- in the catalog, so there are few different ones here: 0.4 ms less than with arithmetic (measured on 15).
SELECT
    pg_catalog.current_setting('server_version_num') AS version_num,
    pg_catalog.current_setting('server_version')     AS version,
    current_user::text                               AS role,
    pg_catalog.current_database()::text              AS database,
    pg_catalog.pg_is_in_recovery()                   AS in_recovery,
    pg_catalog.current_setting('is_superuser')       AS superuser,
    was.statement_timeout,
    was.lock_timeout,
    pg_catalog.set_config('default_transaction_read_only', 'on', false),
    CASE WHEN was.statement_timeout <> '0' AND was.statement_timeout::interval <= $1::interval THEN NULL
         ELSE pg_catalog.set_config('statement_timeout', $1, false) END,
    CASE WHEN was.lock_timeout <> '0' AND was.lock_timeout::interval <= $2::interval THEN NULL
         ELSE pg_catalog.set_config('lock_timeout', $2, false) END,
    CASE WHEN was.idle_timeout <> '0' AND was.idle_timeout::interval <= $3::interval THEN NULL
         ELSE pg_catalog.set_config('idle_in_transaction_session_timeout', $3, false) END,
    -- A backend whose client is gone ends within the second, whatever it is doing: since 14, and only where the
    -- server's system can tell (manual, 20.3.2), which Linux always can.
    CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
              AND pg_catalog.version() LIKE '%linux%'
         THEN pg_catalog.set_config('client_connection_check_interval', '1s', false) END,
    -- A network that is gone ends the backend within a minute. Without effect over Unix sockets.
    pg_catalog.set_config('tcp_keepalives_idle', '15', false),
    pg_catalog.set_config('tcp_keepalives_interval', '5', false),
    pg_catalog.set_config('tcp_keepalives_count', '3', false),
    pg_catalog.set_config('tcp_user_timeout', '30000', false)
FROM (
    SELECT
        pg_catalog.current_setting('statement_timeout')                   AS statement_timeout,
        pg_catalog.current_setting('lock_timeout')                        AS lock_timeout,
        pg_catalog.current_setting('idle_in_transaction_session_timeout') AS idle_timeout
    OFFSET 0
) AS was
