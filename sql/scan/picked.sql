-- For each column the number of its rows, filled rows and distinct values, and up to 64 of these, one in a row; a column
-- without any gives one row with NULL. Reads sampled(number, value): value is text in collation C, or NULL.
--
-- 64: a share of them is right within 12 percent points, 19 times out of 20, and what is asked of shares (0.3, 0.5, 0.6)
-- lies that far from what columns give. Of a thousand rows with twenty columns, all values would take ten times as long.
SELECT gathered.number, gathered.rows, gathered.filled, gathered."distinct", trimmed.value
FROM (
  SELECT number,
    sum(occurrences)::int AS rows,
    coalesce(sum(occurrences) FILTER (WHERE is_filled), 0)::int AS filled,
    count(*) FILTER (WHERE is_filled)::int AS "distinct",
    (array_agg(value) FILTER (WHERE is_filled))[1:64] AS examined
  FROM (
    SELECT number, value, count(*) AS occurrences, btrim(left(value, 500)) <> '' AS is_filled
    FROM sampled
    GROUP BY number, value
  ) AS grouped
  GROUP BY number
) AS gathered
LEFT JOIN LATERAL (SELECT btrim(left(e, 500)) AS value FROM unnest(examined) AS e OFFSET 0) AS trimmed ON true
