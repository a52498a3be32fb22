-- What the vocabulary knows of hashed words: a hash (md5 in hexadecimal) with whatever stands beside it gets its kinds,
-- 1 first name, 2 last name, 4 city, 8 country, 16 gender, 32 job, 64 street, 128 special. Reads hashed, and the settings
-- pgveil.vocabulary and pgveil.vocabulary_width: buckets of one width, in which a word stands as six digits of its md5 and
-- two characters for its kinds (vocabulary/table.ts).
SELECT found.*,
  CASE WHEN slot > 0 THEN (get_byte(bucket, slot + 5) & 15) * 16 + (get_byte(bucket, slot + 6) & 15) ELSE 0 END AS kinds
FROM (
  SELECT placed.*, position(textsend(substr(hash, 4, 6)) IN bucket) AS slot
  FROM (
    SELECT hashed.*, substr(buckets, ('x' || left(hash, 3))::bit(12)::int / 2 * width + 1, width) AS bucket
    FROM hashed,
    (
      SELECT textsend(current_setting('pgveil.vocabulary')) AS buckets,
        current_setting('pgveil.vocabulary_width')::int AS width
      OFFSET 0
    ) AS vocabulary
    OFFSET 0
  ) AS placed
  OFFSET 0
) AS found
