-- One key of a document, as text.
-- schema people
-- query
SELECT * FROM people WHERE profile->>'city' = 'city 42';
-- expect
CREATE INDEX ON people ((profile->>'city'));
-- ideal
CREATE INDEX ON people ((profile->>'city'));
