-- GET /admin/revenue: revenue by month and currency, all orders but the few that came to nothing
select date_trunc('month', created_at) as month, currency, count(*), sum(total_cents) as cents
from orders
where status in ('shipped', 'delivered')
group by month, currency
order by month, currency;
