-- An INSERT reads nothing that an index would find.
-- schema jobs
-- query
INSERT INTO jobs (id, state, priority, created_at, urgent) SELECT i, 'ready', 5, '2024-01-01', false FROM generate_series(100001, 103000) AS i;
-- expect
silence
