COPY (
SELECT
  (c13)::character varying(20) AS c1,
  ('x')::character(3) AS c2,
  (c3 * random())::numeric(10,2) AS c3,
  ('a')::shop."Grade" AS c4,
  (50)::shop.percent AS c5,
  (ARRAY[1])::integer[] AS c6,
  (NULL)::shop."Grade"[] AS c7,
  (now())::timestamp(3) with time zone AS c8,
  (B'1')::bit varying(5) AS c9,
  ('1 day')::interval day to second(3) AS c10,
  ('x')::"char" AS c11,
  ('{}')::json AS c12,
  (md5(c13))::text AS c13
FROM ONLY shop.everything
) TO STDOUT;

COPY (
SELECT
  id,
  r,
  (md5(secret))::text AS secret
FROM ONLY shop.with_regclass
) TO STDOUT; -- empty search_path


-- check computed generated of shop.everything
SELECT least(0, pg_catalog.count(generated)) AS broken
FROM (
SELECT *, (upper(c13)) AS generated
FROM (
SELECT
  (c13)::character varying(20) AS c1,
  ('x')::character(3) AS c2,
  (c3 * random())::numeric(10,2) AS c3,
  ('a')::shop."Grade" AS c4,
  (50)::shop.percent AS c5,
  (ARRAY[1])::integer[] AS c6,
  (NULL)::shop."Grade"[] AS c7,
  (now())::timestamp(3) with time zone AS c8,
  (B'1')::bit varying(5) AS c9,
  ('1 day')::interval day to second(3) AS c10,
  ('x')::"char" AS c11,
  ('{}')::json AS c12,
  (md5(c13))::text AS c13
FROM ONLY shop.everything
) AS "everything"
) AS "everything";
