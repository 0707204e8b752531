-- What an array contains.
-- schema posts
-- query
SELECT id, title FROM posts WHERE tags @> ARRAY['t42'];
-- expect
CREATE INDEX ON posts USING gin (tags);
-- ideal
CREATE INDEX ON posts USING gin (tags);
