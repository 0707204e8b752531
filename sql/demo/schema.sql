-- An online shop. Its indexes are those that grew with it: some fit, one leads with the wrong column,
-- and a few that its queries need were never made. Foreign keys and indexes follow the rows (data.sql).

create table customers (
    id           integer primary key,
    email        text not null,
    name         text not null,
    country      text not null,
    region       text not null,
    currency     text not null,
    language     text not null,
    newsletter   boolean not null,
    referred_by  integer,
    created_at   timestamptz not null
);

create table products (
    id             integer primary key,
    sku            text not null unique,
    name           text not null,
    category       text not null,
    price_cents    integer not null,
    weight_grams   integer,
    description    text not null,
    discontinued   date
);

create table orders (
    id                integer primary key,
    customer_id       integer not null,
    status            text not null,
    total_cents       integer not null,
    currency          text not null,
    coupon            text,
    shipping_address  text not null,
    note              text,
    created_at        timestamptz not null,
    shipped_at        timestamptz
);

create table order_items (
    id                integer primary key,
    order_id          integer not null,
    product_id        integer not null,
    quantity          integer not null,
    unit_price_cents  integer not null,
    returned_at       timestamptz
);

create table events (
    id          bigint primary key,
    kind        text not null,
    order_id    integer,
    session     text not null,
    payload     jsonb not null,
    created_at  timestamptz not null
);

create table tickets (
    id          integer primary key,
    email       text not null,
    queue       text not null,
    state       text not null,
    subject     text not null,
    created_at  timestamptz not null
);
