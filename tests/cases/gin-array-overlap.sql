-- One of several.
-- schema posts
-- query
SELECT id, title FROM posts WHERE tags && ARRAY['t42', 't77'];
-- expect
CREATE INDEX ON posts USING gin (tags);
-- ideal
CREATE INDEX ON posts USING gin (tags);
