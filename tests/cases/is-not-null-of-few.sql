-- Few rows have a value at all; IS NOT NULL is a condition of a B-tree.
-- schema
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, banned_at timestamp);
INSERT INTO users SELECT i, repeat('x', 80), CASE WHEN i % 400 = 0 THEN timestamp '2024-01-01' + i * interval '1 minute' END
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE users;
-- query
SELECT * FROM users WHERE banned_at IS NOT NULL ORDER BY banned_at DESC LIMIT 20;
-- expect
CREATE INDEX ON users (banned_at);
or CREATE INDEX ON users (banned_at) WHERE banned_at IS NOT NULL;
or CREATE INDEX ON users (banned_at DESC) WHERE banned_at IS NOT NULL;
-- ideal
CREATE INDEX ON users (banned_at) WHERE banned_at IS NOT NULL;
