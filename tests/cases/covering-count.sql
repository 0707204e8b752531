-- What is counted has a value of its own index.
-- schema orders
-- query
SELECT count(*) FROM orders WHERE agent_id = 12;
-- expect
CREATE INDEX ON orders (agent_id);
-- ideal
CREATE INDEX ON orders (agent_id);
