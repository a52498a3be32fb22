-- What the distinct values of each column look like, as counts; no value is among the results. Reads picked.sql.
--
-- PostgreSQL keeps 32 compiled patterns in a session, and compiling those of this file takes 6 ms. This file and those
-- of texts (texts.sql, inside.sql, hashed_names.sql) have no more than 32 between them, so that going from table to table compiles none. The characters of a value decide which forms it is asked for:
-- "digits", "separated" (digits with signs and spaces), "letters" (no digit) and "mixed". OFFSET 0 keeps the planner
-- from computing an inner expression once for each of its uses.
SELECT
  number,
  rows AS "rows",
  "distinct",
  count(value)::int AS "examined",
  coalesce(min(length), 0)::int AS "minLength",
  coalesce(max(length), 0)::int AS "maxLength",
  coalesce(avg(length), 0)::float8 AS "averageLength",
  coalesce(avg(spaces + 1), 0)::float8 AS "averageWords",
  count(*) FILTER (WHERE characters = 'digits')::int AS "digits",
  count(*) FILTER (WHERE characters = 'separated')::int AS "separated",
  count(*) FILTER (WHERE characters = 'letters')::int AS "letters",
  count(*) FILTER (WHERE characters = 'mixed')::int AS "mixed",
  count(*) FILTER (
    WHERE characters = 'letters' AND length BETWEEN 2 AND 60 AND spaces <= 5
      AND value !~ '[@_#/:;<>={}\[\]|\\*%$!?"+]|^[a-z ]+$'
  )::int AS "nameLike",
  count(*) FILTER (
    WHERE characters = 'letters' AND length BETWEEN 5 AND 60 AND spaces BETWEEN 1 AND 4
      AND value ~ '^[A-Z\x80-\uffff][^ ]*( [A-Z\x80-\uffff(][^ ]*| (de|la|le|van|von|der|den|del|da|dos|di|bin|al|el|y|zu|ten|ter))*$'
  )::int AS "capitalized",
  count(*) FILTER (WHERE octets > length)::int AS "nonAscii",
  count(*) FILTER (
    WHERE at_sign > 1 AND length BETWEEN 6 AND 254
      AND value ~ '^[A-Za-z0-9._%+''-]+@([A-Za-z0-9\x80-\uffff]([A-Za-z0-9\x80-\uffff-]*[A-Za-z0-9\x80-\uffff])?\.)+[A-Za-z]{2,24}$'
  )::int AS "email",
  count(*) FILTER (
    WHERE characters = 'separated' AND length BETWEEN 8 AND 24 AND value ~ '^(\+|00)[ (]*[1-9]([0-9 ()./-]*[0-9]){6,14}$'
  )::int AS "phoneInternational",
  count(*) FILTER (
    WHERE characters <> 'letters' AND length BETWEEN 8 AND 28 AND NOT is_date
      AND value ~ '^(\+?[0-9]{1,3}[ .-])?(\([0-9]{2,5}\) ?|[0-9]{2,5}[ /-])[0-9]{2,4}[ .-]?[0-9]{2,4}([ .-]?[0-9]{2,4})*( *(x|ext\.?) *[0-9]+)?$|^[0-9]{3}\.[0-9]{3}\.[0-9]{4}( *x[0-9]+)?$'
      AND value !~ '^[0-9]{3}-[0-9]{2}-[0-9]{4}$|^[0-9]{3,4}-[0-9]{3,4}$|^[0-9]{5}-[0-9]{3,4}$|^([0-9]{4}[ -]){3,4}[0-9]+$'
  )::int AS "phoneSeparated",
  count(*) FILTER (
    WHERE characters <> 'letters' AND length BETWEEN 8 AND 28 AND NOT is_date
      AND value ~ '^(\([0-9]{2,5}\)|0[1-9][0-9]{1,3}) ?[ /.-] ?[0-9]{3}[0-9 .-]*$|^(1[ .-])?\(?[2-9][0-9]{2}\)?[ .-] ?[2-9][0-9]{2}[ .-][0-9]{4}( *(x|ext\.?) *[0-9]+)?$'
  )::int AS "phoneUsual",
  count(*) FILTER (WHERE characters = 'digits' AND plain_length BETWEEN 7 AND 15)::int AS "phoneDigits",
  count(*) FILTER (WHERE is_date)::int AS "date",
  count(*) FILTER (WHERE year BETWEEN 1900 AND this_year - 14)::int AS "birthYear",
  count(*) FILTER (WHERE characters = 'digits' AND plain_length = 4 AND year IS NOT NULL)::int AS "yearOnly",
  count(*) FILTER (WHERE characters = 'digits' AND plain_length <= 3)::int AS "smallNumber",
  count(*) FILTER (
    WHERE length BETWEEN 3 AND 10 AND CASE characters
      WHEN 'digits' THEN plain_length BETWEEN 3 AND 6
      WHEN 'separated' THEN value ~ '^[0-9]{5}-[0-9]{3,4}$|^[0-9]{2}-[0-9]{3}$|^[0-9]{3}[ -][0-9]{2,4}$'
      WHEN 'mixed' THEN value ~ '^([A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}|[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]|[0-9]{4} ?[A-Za-z]{2}|[A-Z]{1,2}-?[0-9]{4,5})$'
      ELSE false END
  )::int AS "postcode",
  count(*) FILTER (WHERE characters IN ('separated', 'mixed') AND value ~ '^[+-]?(1[0-7]|[0-9])?[0-9]\.[0-9]{3,}([^0-9A-Za-z,]{0,4}[NSEWnsew]?)?$')::int AS "coordinate",
  count(*) FILTER (
    WHERE characters IN ('separated', 'mixed') AND value ~ '^[(]?[+-]?[0-9]{1,2}\.[0-9]{3,}[ ,]+[+-]?[0-9]{1,3}\.[0-9]{3,}[)]?$|^POINT *\('
  )::int AS "coordinatePair",
  count(*) FILTER (
    WHERE characters = 'mixed' AND length BETWEEN 5 AND 200 AND (spaces > 0 OR octets > length) AND at_sign = 0
      AND value ~ '^[A-Za-z]?[0-9]+[A-Za-z]?[ ,/-].*[A-Za-z\x80-\uffff]{3}|[A-Za-z\x80-\uffff.]{3,}[ ,].*[0-9]+ ?[A-Za-z]?\.?(,.*)?$|[0-9]+(\u865f|\u53f7|\u756a|\u4e01\u76ee|\u5df7|-[0-9]+)|(\ub85c|\uae38|\ub3d9) ?[0-9]+'
  )::int AS "street",
  count(*) FILTER (
    WHERE characters = 'digits' AND plain_length <= 3 AND left(value, plain_length)::int <= 119
  )::int AS "ageNumber",
  count(*) FILTER (WHERE colon BETWEEN 4 AND 7 AND substr(value, colon, 3) = '://')::int AS "url",
  count(*) FILTER (WHERE colon > 0 AND left(value, 1) IN ('{', '[') AND strpos(value, '":') > 0)::int AS "document",
  count(*) FILTER (
    WHERE colon > 0
      AND value ~ '^[a-z]{3,6}://([^/@ ]+@|([a-z]+\.)?(facebook|twitter|x|linkedin|instagram|github|t|vk|xing|tiktok|orcid)\.(com|me|org)/[^/ ]+)'
  )::int AS "urlOfUser",
  count(*) FILTER (
    WHERE characters = 'separated' AND length BETWEEN 7 AND 18
      AND value ~ '^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(/[0-9]+)?$'
  )::int AS "ipv4",
  count(*) FILTER (WHERE length <= 3 AND value IN ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-', '0+', '0-'))::int AS "bloodType",
  count(*) FILTER (
    WHERE length <= 5 AND (value IN ('0', '1', '0.0', '1.0') OR lower(value) IN ('t', 'f', 'y', 'n', 'true', 'false', 'yes', 'no'))
  )::int AS "boolean"
FROM (
  SELECT *,
    CASE WHEN is_date OR characters = 'digits' AND plain_length = 4 THEN
      substring(value FROM '(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)')::int
    END AS year,
    date_part('year', now())::int AS this_year
  FROM (
    SELECT *,
      length BETWEEN 6 AND 60 AND (
        characters IN ('separated', 'mixed')
          AND value ~ '^[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T(]|$)|^[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})([ T(]|$)'
        OR characters = 'mixed'
          AND value ~ '^[A-Z][a-z]{2,8}\.? [0-9]{1,2},? [0-9]{4}|^[0-9]{1,2}[. -]+[A-Za-z\x80-\uffff]{3,9}[., -]+([0-9]{4}|[0-9]{2})([ T(]|$)'
      ) AS is_date,
      CASE characters WHEN 'digits' THEN length - CASE WHEN right(value, 2) = '.0' THEN 2 ELSE 0 END END AS plain_length
    FROM (
      SELECT number, rows, "distinct", value, length(value) AS length, octet_length(value) AS octets,
        length(value) - length(replace(value, ' ', '')) AS spaces,
        strpos(value, '@') AS at_sign,
        strpos(value, ':') AS colon,
        CASE
          WHEN value ~ '^[0-9]+(\.0)?$' THEN 'digits'
          WHEN value ~ '^[-+(0-9][-+()0-9 .,/]*$' THEN 'separated'
          WHEN value ~ '[0-9]' THEN 'mixed'
          ELSE 'letters'
        END AS characters
      FROM picked
      OFFSET 0
    ) AS measured
    OFFSET 0
  ) AS classed
  OFFSET 0
) AS dated
GROUP BY number, rows, "distinct"
