-- The types of people's own making have the operators of what they are made of.
-- schema
CREATE TYPE mood AS ENUM ('happy', 'sad', 'rare');
CREATE DOMAIN code AS text CHECK (value LIKE 'K%');
CREATE TABLE diary (id int PRIMARY KEY, felt mood NOT NULL, code code NOT NULL, page text);
INSERT INTO diary SELECT i, CASE WHEN i % 100 > 0 THEN 'happy' ELSE 'rare' END::mood, 'K' || i % 400, repeat('x', 80)
FROM generate_series(1, 60000) AS i;
ANALYZE diary;
-- query
SELECT * FROM diary WHERE felt = 'rare' AND code = 'K100';
-- expect
CREATE INDEX ON diary (code, felt);
or CREATE INDEX ON diary (felt, code);
or CREATE INDEX ON diary (code);
or CREATE INDEX ON diary (code) WHERE felt = 'rare';
-- ideal
CREATE INDEX ON diary (code, felt);
