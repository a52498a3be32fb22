-- What the vocabulary is asked of each value: its words, itself where it is of several, and its ends. Reads split.sql.
-- Values of up to six letters of three bytes (Chinese, Japanese, Korean) have no spaces: their ends are looked up.
SELECT number, value, cardinality(parts) AS words, has_digit, true AS is_word,
  cardinality(parts) = 1 AS is_whole, md5(part) AS hash
FROM split, LATERAL unnest(parts[1:6]) AS part
UNION ALL
SELECT number, value, 1, has_digit, true, false, md5(part) FROM split, LATERAL unnest(ends) AS part
UNION ALL
SELECT number, value, cardinality(parts), has_digit, false, true, md5(spaced)
FROM split
WHERE cardinality(parts) BETWEEN 2 AND 6
