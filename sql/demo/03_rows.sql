-- 30,000 customers and 300 employees with what belongs to them: some 260,000 rows.
INSERT INTO shop.customers (full_name, email, phone, birth_date, profile, created_at)
SELECT
  full_name,
  email,
  CASE WHEN number % 10 > 0 THEN phone END,
  birth_date,
  jsonb_build_object(
    'language', (ARRAY['en', 'de', 'el', 'ja', 'hi'])[1 + number % 5],
    'contact', jsonb_build_object('mail', email, 'phone', phone),
    'nicknames', jsonb_build_array(split_part(full_name, ' ', 1), full_name)
  ),
  timestamptz '2024-01-01 00:00+00' + number * interval '17 minutes'
FROM person
WHERE number <= 30000
ORDER BY number;

INSERT INTO staff.employees (manager_id, full_name, email, phone, salary)
SELECT NULLIF((number - 30000) / 10, 0), full_name, 'staff.' || email, phone, 2500 + pg_temp.pick(number, 'salary', 6000)
FROM person
WHERE number > 30000
ORDER BY number;

INSERT INTO shop.addresses (customer_id, recipient, street, postal_code, city, country)
SELECT
  c.id,
  c.full_name,
  (ARRAY['Rose Lane', 'Mühlenweg', 'Rue des Lilas', 'Οδός Ερμού', 'улица Садовая', '桜通り'])[1 + c.id % 6]
    || ' ' || 1 + pg_temp.pick(c.id, 'house', 180),
  lpad(pg_temp.pick(c.id, 'post', 99999)::text, 5, '0'),
  (ARRAY['Northbridge', 'Altstadt', 'Belleville', 'Νέα Πόλη', 'Новгородок', '花町'])[1 + c.id % 6],
  (ARRAY['GB', 'DE', 'FR', 'GR', 'UA', 'JP'])[1 + c.id % 6]
FROM shop.customers c;

INSERT INTO shop.products (name, price)
SELECT 'Article ' || number, 1 + (number * 37 % 9000) / 100.0
FROM generate_series(1, 500) AS number;

INSERT INTO shop.orders (customer_id, product_id, status, placed_at)
SELECT
  1 + pg_temp.pick(number, 'buyer', 30000),
  1 + pg_temp.pick(number, 'article', 500),
  (ARRAY['placed', 'paid', 'shipped', 'returned']::shop.order_status[])[1 + number % 4],
  timestamptz '2025-01-01 00:00+00' + number * interval '9 minutes'
FROM generate_series(1, 50000) AS number;

INSERT INTO shop.payments (order_id, card_holder, card_number, amount)
SELECT o.id, p.full_name, p.card_number, product.price
FROM shop.orders o
JOIN person p ON p.number = o.customer_id
JOIN shop.products product ON product.id = o.product_id
WHERE o.status <> 'placed';

INSERT INTO shop.tickets (customer_id, subject, body)
SELECT
  p.number,
  'Order of ' || p.full_name,
  E'Dear shop,\n\nmy parcel did not come. Please write to ' || p.email || ' or call ' || p.phone
    || E'.\n\tC:\\orders\\' || p.number || E'\n\n' || p.full_name
FROM person p
WHERE p.number <= 30000 AND p.number % 2 = 0;

INSERT INTO shop.events (customer_id, happened_at, kind, address, details)
SELECT
  1 + pg_temp.pick(number, 'visitor', 30000),
  timestamptz '2025-01-01 00:00+00' + number * interval '9 minutes',
  (ARRAY['login', 'view', 'basket'])[1 + number % 3],
  '198.51.100.0'::inet + (number % 254)::int,
  CASE WHEN number % 3 = 0 THEN (
    SELECT jsonb_build_object('as', p.email) FROM person p WHERE p.number = 1 + pg_temp.pick(number, 'visitor', 30000)
  ) END
FROM generate_series(1, 100000) AS number;

CREATE MATERIALIZED VIEW shop.best_customers AS
SELECT c.id, c.full_name, count(*) AS orders
FROM shop.customers c
JOIN shop.orders o ON o.customer_id = c.id
GROUP BY c.id
HAVING count(*) > 5;

ANALYZE;
