-- Up to 128 distinct values of a column of letters, in words. Reads sampled(number, value).
SELECT number, value, spaced, string_to_array(spaced, ' ') AS parts,
  value ~ '[0-9]' AS has_digit,
  CASE WHEN length(value) BETWEEN 2 AND 6 AND octet_length(value) = 3 * length(value) THEN
    ARRAY[left(value, 1), left(value, 2), right(value, 1), right(value, 2)]
  ELSE '{}' END AS ends
FROM (
  SELECT number, value, btrim(regexp_replace(translate(lower(value), '.,''"()/&-_', '          '), ' +', ' ', 'g')) AS spaced
  FROM (
    SELECT number, unnest((array_agg(value))[1:128]) AS value
    FROM (
      SELECT DISTINCT number, btrim(value) AS value FROM sampled WHERE length(value) BETWEEN 1 AND 100
    ) AS distincts
    GROUP BY number
  ) AS picked
  WHERE value <> ''
  OFFSET 0
) AS cleaned
WHERE spaced <> ''
