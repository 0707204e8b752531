-- Which price was valid at a time.
-- schema
CREATE TABLE prices (item int NOT NULL, valid daterange NOT NULL, cents int NOT NULL, note text);
INSERT INTO prices SELECT i % 3000, daterange(date '2000-01-01' + i * 7919 % 7000, date '2000-01-01' + i * 7919 % 7000 + 20), i, repeat('x', 60)
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE prices;
-- query
SELECT * FROM prices WHERE valid @> date '2012-03-01';
-- expect
CREATE INDEX ON prices USING gist (valid);
or CREATE INDEX ON prices USING spgist (valid);
-- ideal
CREATE INDEX ON prices USING gist (valid);
