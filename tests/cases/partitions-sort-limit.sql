-- The order of a partitioned table is merged from its partitions.
-- schema
CREATE TABLE log (at timestamp NOT NULL, device int NOT NULL, message text) PARTITION BY LIST (device);
CREATE TABLE log_even PARTITION OF log FOR VALUES IN (0, 2, 4, 6, 8);
CREATE TABLE log_odd PARTITION OF log FOR VALUES IN (1, 3, 5, 7, 9);
INSERT INTO log SELECT timestamp '2024-01-01' + i * 7919 % 80000 * interval '1 minute', i % 10, repeat('x', 60)
FROM generate_series(1, 80000) AS i;
ANALYZE log;
-- query
SELECT * FROM log AS l ORDER BY l.at DESC LIMIT 10;
-- expect
CREATE INDEX ON log (at);
-- ideal
CREATE INDEX ON log (at);
