-- GET /orders/123457/status: one order by its number
select id, status, total_cents, currency, shipped_at
from orders
where id = 123457;
