-- GET /orders/166858/timeline: what happened to an order
select e.created_at, e.kind, e.payload ->> 'provider' as provider
from orders as o
join events as e on e.order_id = o.id
where o.id = 166858
order by e.created_at;
