-- The beginning of a function's value: both an expression and an operator class.
-- schema people
-- query
SELECT * FROM people WHERE lower(email) LIKE 'c420%';
-- expect
CREATE INDEX ON people (lower(email) text_pattern_ops);
or CREATE INDEX ON people (lower(email) COLLATE "C");
-- ideal
CREATE INDEX ON people (lower(email) text_pattern_ops);
