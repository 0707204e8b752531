-- Every minute: the failed orders that a clerk has to look at
select id, customer_id, total_cents, created_at
from orders
where status = 'failed'
order by created_at;
