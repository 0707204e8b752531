-- A period that nearly all others overlap with.
-- schema
CREATE TABLE stays (id int PRIMARY KEY, during daterange NOT NULL, guest text);
INSERT INTO stays SELECT i, daterange(date '2020-01-01' + i % 30, date '2024-01-01' + i % 30), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE stays;
-- query
SELECT * FROM stays WHERE during && daterange('2022-01-01', '2022-02-01');
-- expect
silence
