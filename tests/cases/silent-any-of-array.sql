-- `= ANY(column)` is no operator of an array's index; `@>` says the same and is one.
-- schema posts
-- query
SELECT id, title, words, body FROM posts WHERE 't42' = ANY(tags);
-- expect
silence
