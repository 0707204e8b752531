-- A tag that nine posts in ten have.
-- schema posts
-- query
SELECT * FROM posts WHERE tags @> ARRAY['common'];
-- expect
silence
