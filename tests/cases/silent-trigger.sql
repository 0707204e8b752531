-- What takes the time is a trigger's own doing.
-- schema
CREATE TABLE accounts (id int PRIMARY KEY, cents int NOT NULL);
INSERT INTO accounts SELECT i, i % 1000 FROM generate_series(1, 60000) AS i;
CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM md5(repeat(new.id::text, 20000)); RETURN new; END';
CREATE TRIGGER slowly BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION slowly();
ANALYZE accounts;
-- query
UPDATE accounts SET cents = cents + 1 WHERE id BETWEEN 1000 AND 1050;
-- expect
silence
