-- A partitioned table gets one index, on the parent.
-- schema
CREATE TABLE log (at timestamp NOT NULL, device int NOT NULL, message text) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO log SELECT timestamp '2024-01-01' + i * interval '1 minute', i * 7919 % 2000, repeat('x', 60)
FROM generate_series(1, 80000) AS i;
ANALYZE log;
-- query
SELECT * FROM log WHERE device = 42;
-- expect
CREATE INDEX ON log (device);
-- ideal
CREATE INDEX ON log (device);
