-- Equality columns may stand in any order.
-- schema orders
CREATE INDEX orders_agent_shop ON public.orders (agent_id, shop_id);
-- query
SELECT id, md5(repeat(note, 2000)) FROM orders WHERE shop_id = 2 AND agent_id = 7;
-- expect
silence
