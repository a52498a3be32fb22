COPY (
SELECT
  c,
  ('x')::text AS v
FROM ONLY public.by_colour_0
) TO STDOUT;

COPY (
SELECT
  a,
  ('parent and children')::text AS b,
  c
FROM ONLY public.child
) TO STDOUT;

COPY (
SELECT
  id,
  (at - 1)::date AS at,
  (md5(who))::text AS who,
  what
FROM ONLY public.events_new_0
) TO STDOUT;

COPY (
SELECT
  id,
  at,
  who,
  (NULL)::text AS what
FROM ONLY public.events_new_1
) TO STDOUT;

COPY (
SELECT
  id,
  (at - 1)::date AS at,
  (md5(who))::text AS who,
  what
FROM ONLY public.events_old
) TO STDOUT;

COPY (
SELECT
  a,
  ('parent and children')::text AS b
FROM ONLY public.parent
) TO STDOUT;

-- rule-overruled: masks.py:3:67 public.events_new_1.who: This rule does not apply here: another one is nearer to the table, and it leaves the column unmasked.

-- rule-overruled: masks.py:3:85 public.events_new_1.at: This rule does not apply here: another one is nearer to the table, and it leaves the column unmasked.

-- rule-overruled: masks.py:5:72 public.events_old.what: This rule does not apply here: another one is nearer to the table, and it leaves the column unmasked.


-- check partition events_new_0 of public.events_new_0
SELECT pg_catalog.count(*) AS broken
FROM (
SELECT
  id,
  (at - 1)::date AS at,
  (md5(who))::text AS who,
  what
FROM ONLY public.events_new_0
) AS "events_new_0"
WHERE NOT (((at IS NOT NULL) AND (at >= '2025-01-01'::date) AND satisfies_hash_partition('…'::oid, 2, 0, id)));


-- check partition events_old of public.events_old
SELECT pg_catalog.count(*) AS broken
FROM (
SELECT
  id,
  (at - 1)::date AS at,
  (md5(who))::text AS who,
  what
FROM ONLY public.events_old
) AS "events_old"
WHERE NOT (((at IS NOT NULL) AND (at < '2025-01-01'::date)));
