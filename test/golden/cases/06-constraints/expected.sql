COPY public.countries (code, name) TO STDOUT;

COPY public.full_match (a, b, c) TO STDOUT;

COPY (
SELECT
  (-1)::integer AS v
FROM ONLY public.not_valid
) TO STDOUT;

COPY (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) TO STDOUT;

COPY (
SELECT
  (md5(x))::text AS x,
  y
FROM ONLY public.refers_full
) TO STDOUT;

COPY public.untouched (id, person, v) TO STDOUT;


-- check not-null nick of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people"
WHERE nick IS NULL;


-- check check people_age_check of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people"
WHERE NOT (((age >= 0) AND (age <= 150)));


-- check check whole row of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people"
WHERE NOT (((people.* IS NOT NULL) OR true));


-- check unique people_email_key of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
  SELECT FROM (
    SELECT (email) AS key_1 FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people"
  ) AS keys
  WHERE key_1 IS NOT NULL
  GROUP BY key_1
  HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1
) AS duplicates;


-- check unique people_lower_nick of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
  SELECT FROM (
    SELECT (lower(nick)) AS key_1, (country) AS key_2 FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people" WHERE (age > 17)
  ) AS keys
  WHERE key_1 IS NOT NULL AND key_2 IS NOT NULL
  GROUP BY key_1, key_2
  HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1
) AS duplicates;


-- check unique people_shout_key of public.people
SELECT pg_catalog.count(*) AS broken
FROM (
  SELECT FROM (
    SELECT (shout) AS key_1 FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people"
  ) AS keys
  WHERE key_1 IS NOT NULL
  GROUP BY key_1
  HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1
) AS duplicates;


-- check computed shout of public.people
SELECT least(0, pg_catalog.count(shout)) AS broken
FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people";


-- check foreign-key people_country_fkey of public.people
SELECT pg_catalog.count(*) AS broken
FROM (SELECT country FROM (
SELECT *, (upper(nick)) AS shout
FROM (
SELECT
  id,
  (md5(email))::text AS email,
  (nullif(nick, 'x'))::text AS nick,
  (age / 2)::integer AS age,
  (upper(country))::text AS country
FROM ONLY public.people
) AS "people"
) AS "people") AS referencing
WHERE referencing.country IS NOT NULL AND NOT EXISTS (SELECT FROM (SELECT code FROM (
SELECT
  code,
  name
FROM ONLY public.countries
) AS "countries") AS referenced WHERE referenced.code OPERATOR(pg_catalog.=) referencing.country);


-- check foreign-key refers_full_x_y_fkey of public.refers_full
SELECT pg_catalog.count(*) AS broken
FROM (SELECT x, y FROM (
SELECT
  (md5(x))::text AS x,
  y
FROM ONLY public.refers_full
) AS "refers_full") AS referencing
WHERE (referencing.x IS NOT NULL OR referencing.y IS NOT NULL) AND (NOT (referencing.x IS NOT NULL AND referencing.y IS NOT NULL) OR NOT EXISTS (SELECT FROM (SELECT c, b FROM (
SELECT
  a,
  b,
  c
FROM ONLY public.full_match
) AS "full_match") AS referenced WHERE referenced.c OPERATOR(pg_catalog.=) referencing.x AND referenced.b OPERATOR(pg_catalog.=) referencing.y));
