-- Which addresses are in a network.
-- schema
CREATE TABLE visits (id int PRIMARY KEY, addr inet NOT NULL, page text);
INSERT INTO visits SELECT i, ('10.' || i * 7919 % 251 || '.' || i * 31 % 256 || '.' || i % 256)::inet, repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE visits;
-- query
SELECT * FROM visits WHERE addr << '10.42.0.0/16';
-- expect
CREATE INDEX ON visits USING gist (addr inet_ops);
or CREATE INDEX ON visits (addr);
or CREATE INDEX ON visits USING spgist (addr);
-- ideal
CREATE INDEX ON visits (addr);
