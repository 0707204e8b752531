\o distinct-removes-nothing-fires.json
:explain select id, total from orders where status = 'failed' union select id, total from orders where total > 90000 and status = 'paid';
\o distinct-removes-nothing-silent.json
:explain select id, total from orders where status = 'failed' union select id, total from orders where total > 90000;
