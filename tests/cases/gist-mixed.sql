-- A number and a range: with btree_gist one index holds both.
-- schema
CREATE EXTENSION btree_gist;
CREATE TABLE bookings (id int PRIMARY KEY, room int NOT NULL, during tsrange NOT NULL, guest text);
INSERT INTO bookings SELECT i, i % 30, tsrange(timestamp '2020-01-01' + i * 7919 % 60000 * interval '10 minutes',
    timestamp '2020-01-01' + (i * 7919 % 60000 + 3000) * interval '10 minutes'), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE bookings;
-- query
SELECT * FROM bookings WHERE room = 3 AND during && tsrange('2020-06-01', '2020-06-02');
-- expect
CREATE INDEX ON bookings USING gist (room, during);
or CREATE INDEX ON bookings USING gist (during, room);
-- ideal
CREATE INDEX ON bookings USING gist (room, during);
