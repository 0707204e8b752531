-- An index for all of a document's operators is there; it finds the rows, and the rest is to read them.
-- schema people
CREATE INDEX people_profile ON people USING gin (profile);
-- query
SELECT id, md5(repeat(email, 2000)) FROM people WHERE profile @> '{"city": "city 42"}';
-- expect
silence
