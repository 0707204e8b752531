-- A large table that is only appended to, and some days of it: a BRIN index is a thousandth of a B-tree's size.
-- schema
CREATE TABLE readings (at timestamp NOT NULL, sensor int NOT NULL, value double precision, raw text NOT NULL);
INSERT INTO readings SELECT timestamp '2024-01-01' + i * interval '10 seconds', i % 50, i % 1000, repeat('x', 140)
FROM generate_series(1, 300000) AS i;
VACUUM ANALYZE readings;
-- query
SELECT sensor, avg(value), max(raw) FROM readings WHERE at >= '2024-01-10' AND at < '2024-01-13' GROUP BY sensor;
-- expect
CREATE INDEX ON readings USING brin (at) WITH (pages_per_range = 32);
or CREATE INDEX ON readings USING brin (at);
or CREATE INDEX ON readings (at);
-- ideal
CREATE INDEX ON readings USING brin (at) WITH (pages_per_range = 32);
