-- GET /orders/123457: the items of an order
select p.name, i.quantity, i.unit_price_cents
from order_items as i
join products as p on p.id = i.product_id
where i.order_id = 123457
order by i.id;
