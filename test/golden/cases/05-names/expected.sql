COPY (
SELECT
  ("co""l" || '%s')::text AS "co""l",
  ('$1')::text AS "select",
  "UPPER",
  plain
FROM ONLY "We""ird %s"."ta""ble 'x'"
) TO STDOUT;

COPY (
SELECT
  "order",
  ('имя ' || "order")::text AS "имя"
FROM ONLY public."user"
) TO STDOUT;
