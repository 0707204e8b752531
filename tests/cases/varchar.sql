-- PostgreSQL compares varchar as text; the column is searched by all the same.
-- schema
CREATE TABLE contacts (id int PRIMARY KEY, email varchar(60) NOT NULL, country text NOT NULL);
INSERT INTO contacts SELECT i, 'c' || i || '@example.com', 'country ' || i % 50 FROM generate_series(1, 60000) AS i;
ANALYZE contacts;
-- query
SELECT * FROM contacts WHERE email = 'c42@example.com';
-- expect
CREATE INDEX ON contacts (email);
or CREATE INDEX ON contacts USING hash (email);
-- ideal
CREATE INDEX ON contacts (email);
