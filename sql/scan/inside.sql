-- In how many of up to 128 distinct longer texts personal data stands between other words, by column; no value is among
-- the results. Reads sampled(number, value). Of a text 4,000 characters are read.
SELECT number,
  count(*)::int AS "texts",
  count(*) FILTER (
    WHERE strpos(value, '@') > 0 AND value ~ '[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}'
  )::int AS "email",
  count(*) FILTER (
    WHERE has_digits
      AND value ~ '(^|[^0-9A-Za-z+.-])(\+[1-9][0-9]{0,2}[ ().-]{0,2}([0-9]{1,5}[ ().-]{0,2}){2,5}[0-9]{2,5}|\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4})([^0-9A-Za-z]|$)'
  )::int AS "phone",
  count(*) FILTER (WHERE (
    SELECT sum(CASE WHEN (length(card) - at) % 2 = 0 THEN digit ELSE 2 * digit - 9 * ((digit + 5) / 10) END) % 10 = 0
    FROM (SELECT at, substr(card, at, 1)::int AS digit FROM generate_series(1, length(card)) AS at) AS digits
  ))::int AS "card",
  count(*) FILTER (WHERE (
    SELECT string_agg(CASE WHEN letter >= 'A' THEN (ascii(letter) - 55)::text ELSE letter END, '' ORDER BY at)::numeric % 97 = 1
    FROM (
      SELECT at, substr(substr(iban, 5) || left(iban, 4), at, 1) AS letter FROM generate_series(1, length(iban)) AS at
    ) AS letters
  ))::int AS "iban",
  count(*) FILTER (
    WHERE has_digits AND value ~ '(^|[^0-9-])(?!000|666)[0-8][0-9]{2}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}([^0-9-]|$)'
  )::int AS "nationalId"
FROM (
  SELECT number, value, has_digits,
    CASE WHEN has_digits THEN
      regexp_replace(substring(value FROM '(?:^|[^0-9A-Za-z.-])([3-6](?:[ -]?[0-9]){12,18})(?:[^0-9A-Za-z-]|$)'), '[ -]', '', 'g')
    END AS card,
    CASE WHEN has_digits THEN
      replace(substring(value FROM '(?:^|[^0-9A-Za-z])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?:[^0-9A-Za-z]|$)'), ' ', '')
    END AS iban
  FROM (
    SELECT number, value, value ~ '[0-9]{3}' AS has_digits
    FROM (
      SELECT number, unnest((array_agg(value))[1:128]) AS value
      FROM (
        SELECT DISTINCT number, left(value, 4000) AS value FROM sampled WHERE length(value) >= 12
      ) AS distincts
      GROUP BY number
      OFFSET 0
    ) AS picked
    OFFSET 0
  ) AS texts
  OFFSET 0
) AS found
GROUP BY number
