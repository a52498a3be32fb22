COPY (
SELECT
  (x + 1)::integer AS x
FROM ONLY kept.a
) TO STDOUT;

COPY kept.b (x) TO STDOUT;

COPY (
SELECT
  id,
  ('first mask')::text AS email,
  name
FROM ONLY public.clients
) TO STDOUT;

COPY (
SELECT
  id,
  (md5(email))::text AS email,
  (upper(name))::text AS name,
  note
FROM ONLY public.users
WHERE (id > 10)
) TO STDOUT;

COPY (
SELECT
  id,
  ('last mask')::text AS email
FROM ONLY tenant_a.users
) TO STDOUT;

COPY (
SELECT
  id,
  ('last mask')::text AS email
FROM ONLY tenant_b.users
) TO STDOUT;
