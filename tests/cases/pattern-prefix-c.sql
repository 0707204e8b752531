-- In the order of bytes an ordinary B-tree finds a beginning.
-- schema
CREATE TABLE words (id int PRIMARY KEY, word text COLLATE "C" NOT NULL, meaning text);
INSERT INTO words SELECT i, initcap(md5(i::text)), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE words;
-- query
SELECT * FROM words WHERE word LIKE 'Abc%' ORDER BY word;
-- expect
CREATE INDEX ON words (word);
or CREATE INDEX ON words (word text_pattern_ops);
-- ideal
CREATE INDEX ON words (word);
