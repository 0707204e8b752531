-- The first rows of two large tables, joined in the order of what joins them: an index of one alone is of no use.
-- schema
CREATE TABLE readings (sensor int NOT NULL, at timestamp NOT NULL, value int NOT NULL, note text);
CREATE TABLE alarms (sensor int NOT NULL, at timestamp NOT NULL, code int NOT NULL, note text);
INSERT INTO readings SELECT i % 50, timestamp '2024-01-01' + i * 7919 % 60000 * interval '1 minute', i % 100, repeat('x', 60) FROM generate_series(1, 60000) AS i;
INSERT INTO alarms SELECT i % 50, timestamp '2024-01-01' + i * 10477 % 60000 * interval '1 minute', i % 9, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE readings, alarms;
-- query
SELECT r.at, r.value, a.code FROM readings r JOIN alarms a ON a.at = r.at ORDER BY r.at LIMIT 20;
-- expect
CREATE INDEX ON readings (at); CREATE INDEX ON alarms (at);
-- ideal
CREATE INDEX ON readings (at);
CREATE INDEX ON alarms (at);
