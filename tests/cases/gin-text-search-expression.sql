-- Words of a text that are computed each time.
-- schema posts
-- query
SELECT id FROM posts WHERE to_tsvector('english', body) @@ to_tsquery('english', 'word42 & post');
-- expect
CREATE INDEX ON posts USING gin (to_tsvector('english', body));
-- ideal
CREATE INDEX ON posts USING gin (to_tsvector('english', body));
