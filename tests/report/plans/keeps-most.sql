SELECT status, count(*), sum(total) FROM orders WHERE status <> 'open' GROUP BY status
