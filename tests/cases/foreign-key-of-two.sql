-- A foreign key of two columns, and ON UPDATE.
-- schema
CREATE TABLE seats (hall int, seat int, label text, PRIMARY KEY (hall, seat));
INSERT INTO seats SELECT i % 20, i, 'seat' FROM generate_series(1, 2000) AS i;
CREATE TABLE tickets (id int PRIMARY KEY, hall int NOT NULL, seat int NOT NULL, buyer text,
    FOREIGN KEY (hall, seat) REFERENCES seats ON UPDATE CASCADE);
INSERT INTO tickets SELECT i, (1 + i * 7919 % 2000) % 20, 1 + i * 7919 % 2000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE seats, tickets;
-- query
UPDATE seats SET seat = seat + 10000 WHERE hall = 7 AND seat < 200;
-- expect
CREATE INDEX ON tickets (hall, seat);
or CREATE INDEX ON tickets (seat);
or CREATE INDEX ON tickets (seat, hall);
-- ideal
CREATE INDEX ON tickets (hall, seat);
