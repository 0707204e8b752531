-- A word that is in every text.
-- schema posts
-- query
SELECT * FROM posts WHERE words @@ to_tsquery('simple', 'about');
-- expect
silence
