-- A regular expression with some letters that must be there.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT * FROM people WHERE name ~ 'abcd.*9';
-- expect
CREATE INDEX ON people USING gin (name gin_trgm_ops);
or CREATE INDEX ON people USING gist (name gist_trgm_ops);
-- ideal
CREATE INDEX ON people USING gin (name gin_trgm_ops);
