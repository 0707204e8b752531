-- The day of a timestamp with time zone depends on where one asks: no index may hold it.
-- schema
CREATE TABLE visits (id int PRIMARY KEY, seen_at timestamptz NOT NULL, page text);
INSERT INTO visits SELECT i, timestamptz '2024-01-01' + i * 7919 % 60000 * interval '5 minutes', repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE visits;
-- query
SELECT * FROM visits WHERE seen_at::date = '2024-03-01';
-- expect
silence
