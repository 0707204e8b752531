-- Words of a text, in a column of its own.
-- schema posts
-- query
SELECT id FROM posts WHERE words @@ to_tsquery('simple', 'word42');
-- expect
CREATE INDEX ON posts USING gin (words);
-- ideal
CREATE INDEX ON posts USING gin (words);
