-- varchar has an operator class of its own name, and takes text's.
-- schema
CREATE TABLE contacts (id int PRIMARY KEY, phone varchar(30) NOT NULL, note text);
INSERT INTO contacts SELECT i, '+49 ' || i * 7919 % 100000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE contacts;
-- query
SELECT * FROM contacts WHERE phone LIKE '+49 424%';
-- expect
CREATE INDEX ON contacts (phone varchar_pattern_ops);
or CREATE INDEX ON contacts (phone text_pattern_ops);
or CREATE INDEX ON contacts (phone COLLATE "C");
-- ideal
CREATE INDEX ON contacts (phone varchar_pattern_ops);
