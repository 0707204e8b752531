set enable_hashjoin = off;
\o settings-hamper-fires.json
:explain select count(*) from orders join customer on customer.id = orders.customer_code;
reset enable_hashjoin;
\o settings-hamper-silent.json
:explain select count(*) from orders join customer on customer.id = orders.customer_code;
