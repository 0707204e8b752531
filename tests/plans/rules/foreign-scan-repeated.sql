create extension if not exists postgres_fdw with schema rules;
select format('create server if not exists here foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
              split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database())
\gexec
create user mapping if not exists for current_user server here options (password_required 'false');
create foreign table if not exists remote_orders (id int, customer_id int, total int, status text)
    server here options (schema_name 'rules', table_name 'orders');
create foreign table if not exists remote_customer (id int, name text, city text)
    server here options (schema_name 'rules', table_name 'customer');
analyze remote_orders, remote_customer;
set enable_hashjoin = off;
set enable_mergejoin = off;
set enable_material = off;
\o foreign-scan-repeated-fires.json
:explain select o.id, c.name from orders o cross join lateral
    (select name from remote_customer where id = o.customer_id offset 0) c where o.id <= 200;
\o foreign-scan-repeated-silent.json
:explain select o.id, c.name from orders o cross join lateral
    (select name from remote_customer where id = o.customer_id offset 0) c where o.id = 7;
