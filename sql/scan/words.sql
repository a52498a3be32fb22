-- How many of the distinct values of each column are words that the vocabulary knows, or are made of them. Reads
-- kinds.sql over hashed_values.sql. Small letters are made of ASCII capitals alone, so that the answer does not depend on
-- a locale.
SELECT
  number,
  count(*)::int AS "lookedUp",
  count(*) FILTER (WHERE (of_words & 1) <> 0)::int AS "firstName",
  count(*) FILTER (WHERE (of_words & 2) <> 0)::int AS "lastName",
  count(*) FILTER (WHERE (of_words & 3) <> 0 AND words = 1)::int AS "singleName",
  count(*) FILTER (WHERE (of_words & 3) <> 0 AND words BETWEEN 2 AND 5 AND NOT has_digit)::int AS "severalNames",
  count(*) FILTER (WHERE all_names AND words BETWEEN 2 AND 4 AND NOT has_digit)::int AS "namesOnly",
  count(*) FILTER (WHERE (of_whole & 4) <> 0)::int AS "city",
  count(*) FILTER (WHERE (of_whole & 8) <> 0)::int AS "country",
  count(*) FILTER (WHERE (of_whole & 16) <> 0)::int AS "gender",
  count(*) FILTER (WHERE (of_words & 32) <> 0)::int AS "job",
  count(*) FILTER (WHERE (of_words & 64) <> 0 AND has_digit AND words > 1)::int AS "streetWord",
  count(*) FILTER (WHERE (of_whole & 128) <> 0)::int AS "special"
FROM (
  SELECT number, value, words, has_digit,
    coalesce(bit_or(kinds) FILTER (WHERE is_word), 0) AS of_words,
    coalesce(bool_and((kinds & 3) <> 0) FILTER (WHERE is_word), false) AS all_names,
    coalesce(bit_or(kinds) FILTER (WHERE is_whole), 0) AS of_whole
  FROM known_kinds
  GROUP BY number, value, words, has_digit
) AS judged
GROUP BY number
