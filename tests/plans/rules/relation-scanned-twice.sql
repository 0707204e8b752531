\o relation-scanned-twice-fires.json
:explain select (select count(*) from orders where status = 'failed'), (select max(total) from orders where status = 'failed');
\o relation-scanned-twice-silent.json
:explain select * from orders a join orders b on b.id = a.id + 200 where a.status = 'failed' and b.status = 'failed';
