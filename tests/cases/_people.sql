-- Sixty thousand people with a mixed-case e-mail address, a name, and a profile as jsonb.
CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL, name text NOT NULL, profile jsonb NOT NULL);
INSERT INTO people SELECT i, 'C' || i || '@Example.com', initcap(md5(i::text)),
    jsonb_build_object('id', i, 'plan', CASE WHEN i % 10 > 0 THEN 'free' ELSE 'paid' END, 'city', 'city ' || i % 500)
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE people;
