-- Each step of a recursion looks for the next level of a tree.
-- schema
CREATE TABLE staff (id int PRIMARY KEY, boss_id int, badge text NOT NULL);
INSERT INTO staff SELECT i, i * 7919 % 20000, 'B' || i FROM generate_series(1, 60000) AS i;
ANALYZE staff;
-- query
WITH RECURSIVE below AS (SELECT id, 1 AS level FROM staff WHERE id = 42
    UNION ALL SELECT s.id, level + 1 FROM below JOIN staff s ON s.boss_id = below.id WHERE level < 4)
SELECT count(*) FROM below;
-- expect
CREATE INDEX ON staff (boss_id);
or CREATE INDEX ON staff (boss_id) INCLUDE (id);
-- ideal
CREATE INDEX ON staff (boss_id);
