-- Posts with a body, its words, and tags: `common` in most, `t0` to `t899` in a few each.
CREATE TABLE posts (id int PRIMARY KEY, title text NOT NULL, body text NOT NULL, words tsvector NOT NULL, tags text[] NOT NULL);
INSERT INTO posts SELECT i, md5(i::text), body, to_tsvector('simple', body),
    CASE WHEN i % 10 > 0 THEN ARRAY['common', 't' || i % 900] ELSE ARRAY['t' || i % 900, 't' || i % 700] END
FROM (SELECT i, 'post ' || i || ' about word' || i % 900 || ' and ' || md5((-i)::text) AS body
    FROM generate_series(1, 30000) AS i) AS p;
VACUUM ANALYZE posts;
