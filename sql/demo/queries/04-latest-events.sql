-- GET /admin/live: the latest fifty events
select created_at, kind, session, payload
from events
order by created_at desc
limit 50;
