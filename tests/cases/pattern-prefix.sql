-- The beginning of a text: where the database's order is not that of bytes, it takes an operator class.
-- schema people
-- query
SELECT * FROM people WHERE email LIKE 'C420%';
-- expect
CREATE INDEX ON people (email text_pattern_ops);
or CREATE INDEX ON people (email COLLATE "C");
-- ideal
CREATE INDEX ON people (email text_pattern_ops);
