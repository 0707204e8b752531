-- A queue that was never emptied: of 500 jobs one has failed, one is ready, all others are done; half the failed ones are archived.
CREATE TABLE jobs (id int PRIMARY KEY, state text NOT NULL, priority int NOT NULL, created_at timestamp NOT NULL,
    done_at timestamp, archived_at timestamp, urgent boolean NOT NULL, payload text);
INSERT INTO jobs SELECT i, CASE i % 500 WHEN 0 THEN 'failed' WHEN 7 THEN 'ready' ELSE 'done' END, abs(hashint4(i)) % 10,
    timestamp '2024-01-01' + i * interval '1 minute',
    CASE WHEN i % 500 <> 7 THEN timestamp '2024-01-01' + i * interval '61 seconds' END,
    CASE WHEN i % 1000 <> 0 THEN timestamp '2024-06-01' END, i % 200 = 0, repeat('x', 100)
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE jobs;
