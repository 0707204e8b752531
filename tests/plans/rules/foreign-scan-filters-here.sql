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
\o foreign-scan-filters-here-fires.json
:explain select * from remote_orders where at_least(total, 99500);
\o foreign-scan-filters-here-silent.json
:explain select * from remote_orders where at_least(total, 500);
