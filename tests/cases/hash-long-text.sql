-- Long values that are only compared for equality: a hash index holds four bytes of each.
-- schema
CREATE TABLE pages (id int PRIMARY KEY, url text NOT NULL, visits int NOT NULL);
INSERT INTO pages SELECT i, 'https://example.com/' || repeat(md5(i::text), 6), i FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE pages;
-- query
SELECT * FROM pages WHERE url = 'https://example.com/a1d0c6e83f027327d8461063f4ac58a6';
-- expect
CREATE INDEX ON pages USING hash (url);
or CREATE INDEX ON pages (url);
-- ideal
CREATE INDEX ON pages USING hash (url);
