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
create or replace function at_least(int, int) returns boolean language plpgsql immutable
    as $$ begin return $1 > $2; end $$;
\o foreign-tables-joined-here-fires.json
:explain select o.id, c.name from remote_orders o left join remote_customer c on c.id = o.id and at_least(c.id, 0)
    where c.city = 'city 7';
\o foreign-tables-joined-here-silent.json
:explain select o.id, c.name from remote_orders o left join remote_customer c on c.id = o.customer_id and at_least(c.id, 0);
