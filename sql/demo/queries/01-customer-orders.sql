-- GET /account/orders: a customer's latest orders this year
select id, status, total_cents, currency, created_at
from orders
where customer_id = 31677
  and created_at >= '2025-01-01'
order by created_at desc
limit 20;
