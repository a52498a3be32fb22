-- In how many texts a known first name stands before a known last name, both capitalized. Reads kinds.sql.
SELECT number,
  count(DISTINCT id) FILTER (WHERE (kinds & 1) <> 0 AND (following & 2) <> 0)::int AS "fullName"
FROM (
  SELECT number, id, kinds, lead(kinds) OVER (PARTITION BY number, id, run ORDER BY at) AS following FROM known_kinds
) AS pairs
GROUP BY number
