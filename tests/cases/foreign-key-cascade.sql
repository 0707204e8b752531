-- ON DELETE CASCADE looks for the lines of each invoice that is deleted.
-- schema
CREATE TABLE invoices (id int PRIMARY KEY, issued_on date NOT NULL);
INSERT INTO invoices SELECT i, date '2020-01-01' + i % 1000 FROM generate_series(1, 20000) AS i;
CREATE TABLE lines (id int PRIMARY KEY, invoice_id int NOT NULL REFERENCES invoices ON DELETE CASCADE, what text);
INSERT INTO lines SELECT i, 1 + i * 7919 % 20000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE invoices, lines;
-- query
DELETE FROM invoices WHERE id BETWEEN 100 AND 109;
-- expect
CREATE INDEX ON lines (invoice_id);
-- ideal
CREATE INDEX ON lines (invoice_id);
