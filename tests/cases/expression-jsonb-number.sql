-- One key of a document, as a number.
-- schema people
-- query
SELECT * FROM people WHERE (profile->>'id')::int BETWEEN 100 AND 120;
-- expect
CREATE INDEX ON people (((profile->>'id')::int));
-- ideal
CREATE INDEX ON people (((profile->>'id')::int));
