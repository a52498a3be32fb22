-- How many of the distinct values of each column are words that the vocabulary knows, or are made of them. Reads
-- split.sql, and the settings pgveil.vocabulary and pgveil.vocabulary_width: buckets of
-- one width, in which a word stands as six digits of its md5 and two characters for its kinds (vocabulary/table.ts).
-- Kinds: 1 first name, 2 last name, 4 city, 8 country, 16 gender, 32 job, 64 street, 128 special.
--
-- Small letters are made of ASCII capitals alone, so that the answer does not depend on a locale. Values of up to six
-- letters of three bytes (Chinese, Japanese, Korean) have no spaces: their beginnings and ends are looked up.
SELECT
  number,
  count(*)::int AS "lookedUp",
  count(*) FILTER (WHERE (of_words & 1) <> 0)::int AS "firstName",
  count(*) FILTER (WHERE (of_words & 2) <> 0)::int AS "lastName",
  count(*) FILTER (WHERE (of_words & 3) <> 0 AND words = 1)::int AS "singleName",
  count(*) FILTER (WHERE (of_words & 3) <> 0 AND words BETWEEN 2 AND 5 AND NOT has_digit)::int AS "severalNames",
  count(*) FILTER (WHERE (of_whole & 4) <> 0)::int AS "city",
  count(*) FILTER (WHERE (of_whole & 8) <> 0)::int AS "country",
  count(*) FILTER (WHERE (of_whole & 16) <> 0)::int AS "gender",
  count(*) FILTER (WHERE (of_words & 32) <> 0)::int AS "job",
  count(*) FILTER (WHERE (of_words & 64) <> 0 AND has_digit AND words > 1)::int AS "streetWord",
  count(*) FILTER (WHERE (of_whole & 128) <> 0)::int AS "special"
FROM (
  SELECT number, value, words, has_digit,
    coalesce(bit_or(kinds) FILTER (WHERE is_word), 0) AS of_words,
    coalesce(bit_or(kinds) FILTER (WHERE is_whole), 0) AS of_whole
  FROM (
    SELECT number, value, words, has_digit, is_word, is_whole,
      CASE WHEN slot > 0 THEN (get_byte(bucket, slot + 5) & 15) * 16 + (get_byte(bucket, slot + 6) & 15) ELSE 0 END AS kinds
    FROM (
      SELECT number, value, words, has_digit, is_word, is_whole, bucket, position(textsend(substr(hash, 4, 6)) IN bucket) AS slot
      FROM (
        SELECT number, value, words, has_digit, is_word, is_whole, hash,
          substr(buckets, ('x' || left(hash, 3))::bit(12)::int / 2 * width + 1, width) AS bucket
        FROM (
          SELECT number, value, cardinality(parts) AS words, has_digit, true AS is_word,
            cardinality(parts) = 1 AS is_whole, md5(part) AS hash
          FROM split, LATERAL unnest(parts[1:6]) AS part
          UNION ALL
          SELECT number, value, 1, has_digit, true, false, md5(part) FROM split, LATERAL unnest(ends) AS part
          UNION ALL
          SELECT number, value, cardinality(parts), has_digit, false, true, md5(spaced)
          FROM split
          WHERE cardinality(parts) BETWEEN 2 AND 6
        ) AS hashed,
        (
          SELECT textsend(current_setting('pgveil.vocabulary')) AS buckets,
            current_setting('pgveil.vocabulary_width')::int AS width
          OFFSET 0
        ) AS vocabulary
        OFFSET 0
      ) AS found
      OFFSET 0
    ) AS placed
  ) AS known
  GROUP BY number, value, words, has_digit
) AS judged
GROUP BY number
