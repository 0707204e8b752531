-- One table under two names: each is advised by itself.
-- schema
CREATE TABLE staff (id int PRIMARY KEY, boss_id int, badge text NOT NULL);
INSERT INTO staff SELECT i, i * 7919 % 4000, 'B' || i FROM generate_series(1, 60000) AS i;
ANALYZE staff;
-- query
SELECT e.id FROM staff e JOIN staff m ON m.id = e.boss_id WHERE m.badge = 'B42';
-- expect
CREATE INDEX staff_boss_id_idx ON public.staff (boss_id);
or CREATE INDEX staff_badge_idx ON public.staff (badge);
