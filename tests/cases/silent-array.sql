-- What an array contains is found by GIN, not by a B-tree.
-- schema
CREATE TABLE posts (id int PRIMARY KEY, tags text[] NOT NULL);
INSERT INTO posts SELECT i, ARRAY['t' || i % 900, 't' || i % 700] FROM generate_series(1, 60000) AS i;
ANALYZE posts;
-- query
SELECT * FROM posts WHERE tags @> '{t42}';
-- expect
silence: no B-tree column answers `(posts.tags @>
