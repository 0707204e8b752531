-- Which bookings overlap with a week.
-- schema
CREATE TABLE bookings (id int PRIMARY KEY, room int NOT NULL, during tsrange NOT NULL, guest text);
INSERT INTO bookings SELECT i, i % 30, tsrange(timestamp '2000-01-01' + i * 7919 % 60000 * interval '4 hours',
    timestamp '2000-01-01' + (i * 7919 % 60000 + 12) * interval '4 hours'), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE bookings;
-- query
SELECT * FROM bookings WHERE during && tsrange('2024-03-01', '2024-03-08');
-- expect
CREATE INDEX ON bookings USING gist (during);
or CREATE INDEX ON bookings USING spgist (during);
-- ideal
CREATE INDEX ON bookings USING gist (during);
