-- One table under two names needs two indexes: one finds the boss, one his staff.
-- schema
CREATE TABLE staff (id int PRIMARY KEY, boss_id int, badge text NOT NULL);
INSERT INTO staff SELECT i, i * 7919 % 4000, 'B' || i FROM generate_series(1, 60000) AS i;
ANALYZE staff;
-- query
SELECT e.id FROM staff e JOIN staff m ON m.id = e.boss_id WHERE m.badge = 'B42';
-- expect
CREATE INDEX ON staff (boss_id);
CREATE INDEX ON staff (badge);
or CREATE INDEX ON staff USING hash (badge);
-- ideal
CREATE INDEX ON staff (boss_id);
CREATE INDEX ON staff (badge);
