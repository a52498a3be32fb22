COPY public.copied (id, line) TO STDOUT;

COPY public.lines (order_id, n) TO STDOUT;

COPY (
SELECT
  id,
  line
FROM ONLY public.log
WHERE false
) TO STDOUT; -- no rows

COPY (
SELECT
  id,
  ((SELECT 'x' || orders.id)) AS customer,
  at
FROM ONLY public.orders
WHERE ( at > '2025-01-01' -- this year
              AND id <> 7
)
) TO STDOUT;

COPY (
SELECT
  (raw_sql.id)::integer AS id,
  (raw_sql."Total")::numeric(10,2) AS "Total",
  (raw_sql.made)::date AS made
FROM (
SELECT made, id, 0 AS "Total" FROM public.report WHERE id < 5
) AS raw_sql
) TO STDOUT;


-- check foreign-key lines_order_id_fkey of public.lines
SELECT pg_catalog.count(*) AS broken
FROM (SELECT order_id FROM (
SELECT
  order_id,
  n
FROM ONLY public.lines
) AS "lines") AS referencing
WHERE referencing.order_id IS NOT NULL AND NOT EXISTS (SELECT FROM (SELECT id FROM (
SELECT
  id,
  ((SELECT 'x' || orders.id))::text AS customer,
  at
FROM ONLY public.orders
WHERE ( at > '2025-01-01' -- this year
              AND id <> 7
)
) AS "orders") AS referenced WHERE referenced.id OPERATOR(pg_catalog.=) referencing.order_id);
