-- The same where the extension is on the server, and not yet in the database.
-- schema people
-- query
SELECT * FROM people WHERE name LIKE '%abcd%';
-- expect
CREATE EXTENSION pg_trgm; CREATE INDEX ON people USING gin (name gin_trgm_ops);
-- ideal
CREATE EXTENSION pg_trgm;
CREATE INDEX ON people USING gin (name gin_trgm_ops);
