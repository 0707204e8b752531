-- A column with a collation of its own, and the beginning of its value.
-- schema
CREATE TABLE words (id int PRIMARY KEY, word text COLLATE "en-x-icu" NOT NULL, meaning text);
INSERT INTO words SELECT i, initcap(md5(i::text)), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE words;
-- query
SELECT * FROM words WHERE word LIKE 'Abc%' ORDER BY word;
-- expect
CREATE INDEX ON words (word text_pattern_ops);
or CREATE INDEX ON words (word COLLATE "C");
-- ideal
CREATE INDEX ON words (word text_pattern_ops);
