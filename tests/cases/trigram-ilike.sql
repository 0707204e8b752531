-- Without regard to case.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT * FROM people WHERE name ILIKE '%ABCD%';
-- expect
CREATE INDEX ON people USING gin (name gin_trgm_ops);
-- ideal
CREATE INDEX ON people USING gin (name gin_trgm_ops);
