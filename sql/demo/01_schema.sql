-- A small shop, as a demonstration needs it: keys between tables, a self reference, an enum, a generated column, a
-- partitioned table, jsonb, a materialized view. Everything in it is made up.
CREATE SCHEMA shop;
CREATE SCHEMA staff;

CREATE TYPE shop.order_status AS ENUM ('placed', 'paid', 'shipped', 'returned');

CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  full_name text NOT NULL,
  email varchar(120) NOT NULL UNIQUE,
  email_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED,
  phone text,
  birth_date date,
  profile jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);

CREATE TABLE shop.addresses (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers,
  recipient text NOT NULL,
  street text NOT NULL,
  postal_code varchar(10) NOT NULL,
  city text NOT NULL,
  country char(2) NOT NULL
);

CREATE TABLE shop.products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  price numeric(10, 2) NOT NULL CHECK (price > 0)
);

CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers,
  product_id integer NOT NULL REFERENCES shop.products,
  status shop.order_status NOT NULL,
  placed_at timestamptz NOT NULL
);

CREATE TABLE shop.payments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL UNIQUE REFERENCES shop.orders,
  card_holder text NOT NULL,
  card_number varchar(19) NOT NULL CHECK (length(card_number) >= 12),
  amount numeric(10, 2) NOT NULL
);

CREATE TABLE shop.tickets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers,
  subject text NOT NULL,
  body text NOT NULL
);

CREATE TABLE shop.events (
  customer_id bigint NOT NULL REFERENCES shop.customers,
  happened_at timestamptz NOT NULL,
  kind text NOT NULL,
  address inet,
  details jsonb
) PARTITION BY RANGE (happened_at);

CREATE TABLE shop.events_2025 PARTITION OF shop.events
  FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE shop.events_2026 PARTITION OF shop.events
  FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
CREATE INDEX ON shop.events (customer_id, happened_at);

CREATE TABLE staff.employees (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  manager_id integer REFERENCES staff.employees,
  full_name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  salary numeric(10, 2) NOT NULL
);
