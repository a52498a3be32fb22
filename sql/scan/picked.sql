-- For each column the number of its rows and of distinct values that hold more than '', and up to 64 of these,
-- one in a row, blank ones left out; a column without any gives one row with NULL. Of a long value its beginning counts. Reads sampled(number, value): value is text in collation C, or NULL.
--
-- 64: a share of them is right within 12 percent points, 19 times out of 20, and what is asked of shares (0.3, 0.5, 0.6)
-- lies that far from what columns give. Of a thousand rows with twenty columns, all values would take ten times as long.
SELECT gathered.number, gathered.rows, gathered."distinct", trimmed.value
FROM (
  SELECT number,
    sum(occurrences)::int AS rows,
    count(*) FILTER (WHERE value <> '')::int AS "distinct",
    (array_agg(value) FILTER (WHERE value <> ''))[1:64] AS examined
  FROM (
    SELECT number, CASE WHEN octet_length(value) > 2000 THEN left(value, 500) ELSE value END AS value,
      count(*) AS occurrences
    FROM sampled
    GROUP BY 1, 2
  ) AS grouped
  GROUP BY number
) AS gathered
LEFT JOIN LATERAL (
  SELECT btrim(left(e, 500)) AS value FROM unnest(examined) AS e WHERE btrim(left(e, 500)) <> '' OFFSET 0
) AS trimmed ON true
