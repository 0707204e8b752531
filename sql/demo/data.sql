-- The same million rows each time: every value is drawn by hashing the row's number, so neither the
-- random generator (it changed with PostgreSQL 15) nor the number of workers has a say.

create function pg_temp.draw(i bigint, salt bigint) returns double precision
    language sql immutable parallel safe as
    'select (hashint8extended(i, salt) & 4294967295) / 4294967296.0::double precision';

-- Where customers live. Country decides region, currency and language: the planner takes them for
-- independent and multiplies. `upto` is the cumulative share.
create temporary table places (country, region, currency, language, city, upto) as values
    ('US', 'North America', 'USD', 'en', 'Portland',  0.34::double precision),
    ('DE', 'Europe',        'EUR', 'de', 'Leipzig',   0.50),
    ('GB', 'Europe',        'GBP', 'en', 'Leeds',     0.61),
    ('FR', 'Europe',        'EUR', 'fr', 'Lyon',      0.70),
    ('ES', 'Europe',        'EUR', 'es', 'Valencia',  0.77),
    ('CA', 'North America', 'CAD', 'en', 'Calgary',   0.83),
    ('IT', 'Europe',        'EUR', 'it', 'Torino',    0.88),
    ('NL', 'Europe',        'EUR', 'nl', 'Utrecht',   0.92),
    ('SE', 'Europe',        'SEK', 'sv', 'Uppsala',   0.95),
    ('BR', 'South America', 'BRL', 'pt', 'Curitiba',  0.975),
    ('JP', 'Asia',          'JPY', 'ja', 'Sapporo',   0.99),
    ('IS', 'Europe',        'ISK', 'is', 'Akureyri',  1.0);

insert into customers
select i,
       'customer' || i || '@' || (array['example.com', 'example.org', 'example.net'])[1 + i % 3],
       (array['Ada', 'Ben', 'Chen', 'Dora', 'Emil', 'Fatou', 'Grete', 'Hiro', 'Ines', 'Jan'])[1 + i % 10] || ' '
           || (array['Abel', 'Brandt', 'Costa', 'Dubois', 'Endo', 'Fischer', 'Garcia'])[1 + i % 7],
       p.country, p.region, p.currency, p.language,
       pg_temp.draw(i, 2) < 0.3,
       case when pg_temp.draw(i, 3) < 0.1 then 1 + floor(pg_temp.draw(i, 4) * 50000)::integer end,
       -- The shop grew: more of its customers came late.
       timestamptz '2021-01-01 00:00+00' + sqrt(pg_temp.draw(i, 5)) * interval '1800 days'
from generate_series(1, 50000) as i
cross join lateral (select * from places where pg_temp.draw(i, 1) < upto order by upto limit 1) as p;

insert into products
select i,
       'SKU-' || lpad((i * 7919 % 100003)::text, 6, '0'),
       (array['Oak', 'Steel', 'Linen', 'Glass', 'Copper', 'Cork'])[1 + i % 6] || ' '
           || (array['lamp', 'chair', 'bowl', 'shelf', 'kettle', 'rug', 'clock'])[1 + i % 7],
       (array['light', 'furniture', 'kitchen', 'storage', 'kitchen', 'textile', 'decoration'])[1 + i % 7],
       (500 + 50000 * power(pg_temp.draw(i, 10), 3))::integer,
       case when pg_temp.draw(i, 11) < 0.8 then (50 + 9000 * pg_temp.draw(i, 12))::integer end,
       repeat('Made to be used every day and to last. ', 2 + (pg_temp.draw(i, 13) * 6)::integer),
       case when pg_temp.draw(i, 14) < 0.05 then date '2025-01-01' + (pg_temp.draw(i, 15) * 300)::integer end
from generate_series(1, 5000) as i;

-- Orders are numbered as they come in, ever faster. A few customers order far more than the rest
-- (the share falls with the square root of the rank), and nearly every order is settled.
insert into orders
select i, c.id,
       case when status < 0.0008 then 'failed'
            when status < 0.003 then 'pending'
            when status < 0.03 then 'cancelled'
            when status < 0.07 then 'shipped'
            else 'delivered' end,
       (900 + 60000 * power(pg_temp.draw(i, 21), 4))::integer,
       c.currency,
       case when pg_temp.draw(i, 22) < 0.08 then 'SAVE' || (5 * (1 + floor(pg_temp.draw(i, 23) * 4)))::text end,
       c.name || E'\n' || (1 + i % 180) || ' Station Road, Apartment ' || (1 + i % 40) || E'\n'
           || p.city || ', ' || c.country || E'\nPlease ring twice, or leave it with the neighbours.',
       case when pg_temp.draw(i, 24) < 0.15 then 'It is a present: please wrap it, and keep the invoice out of the parcel.' end,
       at,
       case when status >= 0.03 then at + (4 + 90 * pg_temp.draw(i, 25)) * interval '1 hour' end
from (select i,
             1 + (floor(50000 * power(pg_temp.draw(i, 20), 2))::integer * 7919) % 50000 as customer_id,
             pg_temp.draw(i, 26) as status,
             timestamptz '2023-01-01 00:00+00' + sqrt(i / 200000.0) * interval '1070 days' as at
      from generate_series(1, 200000) as i) as drawn
join customers as c on c.id = customer_id
join places as p using (country)
order by i;

-- One to four items an order, 2.5 in the mean; a few products sell far more than the rest.
insert into order_items
select row_number() over (order by o.id, n), o.id, p.id,
       1 + floor(3 * power(pg_temp.draw(o.id * 8 + n, 31), 4))::integer,
       p.price_cents,
       case when pg_temp.draw(o.id * 8 + n, 32) < 0.03 then o.shipped_at + interval '9 days' end
from orders as o
cross join lateral generate_series(1, 1 + floor(4 * pg_temp.draw(o.id, 30))::integer) as n
join products as p
    on p.id = 1 + (floor(5000 * power(pg_temp.draw(o.id * 8 + n, 33), 2.5))::integer * 1237) % 5000;

-- What visitors do. Two thirds only look; the rest concerns an order, mostly a recent one.
insert into events
select i,
       case when kind < 0.62 then 'view' when kind < 0.66 then 'search' when kind < 0.8 then 'checkout'
            when kind < 0.9 then 'payment' when kind < 0.999 then 'parcel' else 'refund' end,
       case when kind >= 0.66 then 1 + floor(200000 * sqrt(pg_temp.draw(i, 41)))::integer end,
       to_hex(hashint8extended(i / 6, 42)),
       case when kind < 0.62
                then jsonb_build_object('path', '/products/' || 1 + floor(5000 * power(pg_temp.draw(i, 43), 2.5)),
                                        'referrer', (array['search', 'mail', 'friend', null])[1 + i % 4], 'width', 320 + i % 1600)
            when kind < 0.66 then jsonb_build_object('path', '/search', 'terms', jsonb_build_array('oak', 'lamp'), 'hits', i % 40)
            else jsonb_build_object('step', i % 5, 'provider', (array['card', 'transfer', 'invoice'])[1 + i % 3], 'attempt', 1 + i % 2)
       end,
       timestamptz '2025-06-01 00:00+00' + i * interval '43 seconds' + pg_temp.draw(i, 44) * interval '40 seconds'
from (select i, pg_temp.draw(i, 40) as kind from generate_series(1, 250000) as i) as drawn;

-- Mail to the support desk knows an address, not a customer.
insert into tickets
select i, c.email,
       case when i % 10 < 6 then 'delivery' when i % 10 < 9 then 'returns' else 'payment' end,
       case when i > 3800 then 'open' when i % 40 = 0 then 'waiting' else 'closed' end,
       'Where is my order #' || 1 + floor(200000 * pg_temp.draw(i, 51)) || '?',
       timestamptz '2025-09-01 00:00+00' + i * interval '29 minutes'
from generate_series(1, 4000) as i
join customers as c on c.id = 1 + floor(50000 * pg_temp.draw(i, 54))::integer;

-- After the rows, as pg_restore does: one pass each instead of a lookup per row.
create unique index customers_email_key on customers (lower(email));
create index orders_shipped_at_idx on orders (shipped_at);
create index order_items_product_id_order_id_idx on order_items (product_id, order_id);
alter table customers add foreign key (referred_by) references customers;
alter table orders add foreign key (customer_id) references customers;
alter table order_items add foreign key (order_id) references orders, add foreign key (product_id) references products;
alter table events add foreign key (order_id) references orders;
