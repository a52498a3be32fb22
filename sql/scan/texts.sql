-- Up to 128 distinct longer texts of each column, 4,000 characters of each. Reads sampled(number, value).
SELECT number, row_number() OVER () AS id, value, value ~ '[0-9]{2}' AS has_digits
FROM (
  SELECT number, unnest((array_agg(value))[1:128]) AS value
  FROM (
    SELECT DISTINCT number, left(value, 4000) AS value FROM sampled WHERE length(value) >= 12
  ) AS distincts
  GROUP BY number
  OFFSET 0
) AS picked
