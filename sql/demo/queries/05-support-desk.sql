-- GET /support/ja: open tickets of the customers whom the Japanese desk serves
select t.id, t.subject, t.created_at, c.name
from customers as c
join tickets as t on t.email = c.email
where c.country = 'JP'
  and c.region = 'Asia'
  and c.currency = 'JPY'
  and c.language = 'ja'
  and t.state = 'open';
