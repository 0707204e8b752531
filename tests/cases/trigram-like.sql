-- Something in the middle of a text: trigrams find it, once their extension is there.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT * FROM people WHERE name LIKE '%abcd%';
-- expect
CREATE INDEX ON people USING gin (name gin_trgm_ops);
-- ideal
CREATE INDEX ON people USING gin (name gin_trgm_ops);
