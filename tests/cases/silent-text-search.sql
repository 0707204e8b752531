-- Text search is answered by GIN, not by a B-tree.
-- schema
CREATE TABLE posts (id int PRIMARY KEY, body tsvector NOT NULL);
INSERT INTO posts SELECT i, to_tsvector('simple', 'word' || i % 900 || ' and more') FROM generate_series(1, 30000) AS i;
ANALYZE posts;
-- query
SELECT id FROM posts WHERE body @@ to_tsquery('simple', 'word42');
-- expect
silence: no B-tree column answers `(posts.body @@
