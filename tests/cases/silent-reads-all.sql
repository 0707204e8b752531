-- Every row is wanted, and of a row there is no less to read in an index.
-- schema
CREATE TABLE votes (film int NOT NULL, stars smallint NOT NULL);
INSERT INTO votes SELECT i * 7919 % 3000, i % 6 FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE votes;
-- query
SELECT film, avg(stars), max(stars) FROM votes GROUP BY film;
-- expect
silence: it reads every row
