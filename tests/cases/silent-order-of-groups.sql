-- The order is that of sums, which no index of a table has; and the table is as narrow as any index of it.
-- schema
CREATE TABLE votes (film int NOT NULL, stars smallint NOT NULL);
INSERT INTO votes SELECT i * 7919 % 3000, i % 6 FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE votes;
-- query
SELECT film, sum(stars) FROM votes GROUP BY film ORDER BY sum(stars) DESC LIMIT 10;
-- expect
silence: it reads every row
