-- What goes on beside an experiment: $1 is the process whose run is watched, $2 are all processes of the experiment.
-- A row for each session that holds a lock that the run waits for; the number of other sessions that are busy stands in
-- each row, and in a row without such a session when nobody is in the way.
--
-- Who blocks whom is asked only of a process that waits, since the answer takes all partitions of the lock manager
-- (manual, "System Information Functions", pg_blocking_pids). A process id of 0 is a prepared transaction. A role
-- sees the states of its own sessions only, unless it may read all statistics; process ids it always sees.
SELECT busy.sessions, blocker.pid,
       coalesce(other.state, CASE blocker.pid WHEN 0 THEN 'a prepared transaction' ELSE 'its state is hidden' END),
       coalesce(extract(epoch FROM clock_timestamp() - other.xact_start)::float8, 0)
FROM (
    SELECT count(*) AS sessions
    FROM pg_stat_activity
    WHERE state = 'active' AND backend_type IN ('client backend', 'autovacuum worker')
          AND pid <> pg_backend_pid() AND NOT pid = ANY ($2)
) AS busy
LEFT JOIN (
    SELECT DISTINCT unnest(pg_blocking_pids(pid)) AS pid
    FROM pg_stat_activity
    WHERE pid = $1 AND wait_event_type = 'Lock'
) AS blocker ON true
LEFT JOIN pg_stat_activity AS other ON other.pid = blocker.pid
