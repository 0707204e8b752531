-- The order of a column with a collation of its own is its own.
-- schema
CREATE TABLE words (id int PRIMARY KEY, word text COLLATE "en-x-icu" NOT NULL, meaning text);
INSERT INTO words SELECT i, initcap(md5(i::text)), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE words;
-- query
SELECT * FROM words ORDER BY word DESC LIMIT 10;
-- expect
CREATE INDEX ON words (word);
-- ideal
CREATE INDEX ON words (word);
