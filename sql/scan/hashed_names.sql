-- The words of up to eight runs of capitalized words in each text, hashed. Reads texts.sql.
SELECT number, id, run, at, md5(lower(word COLLATE "C")) AS hash
FROM texts,
LATERAL (
  SELECT run, words
  FROM regexp_matches(
    left(value, 1000), '[A-Z\x80-\uffff][^ \t\n.,;:!?()"0-9]+(?: [A-Z\x80-\uffff][^ \t\n.,;:!?()"0-9]+)+', 'g'
  ) WITH ORDINALITY AS found(words, run)
  LIMIT 8
) AS runs,
LATERAL unnest(string_to_array(words[1], ' ')) WITH ORDINALITY AS part(word, at)
