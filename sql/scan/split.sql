-- The values that may be words, in words: without digits, or with a space, as a street has. Reads picked.sql.
SELECT number, value, spaced, string_to_array(spaced, ' ') AS parts, has_digit,
  CASE WHEN length(value) BETWEEN 2 AND 6 AND octet_length(value) = 3 * length(value) THEN
    ARRAY[left(value, 1), left(value, 2), right(value, 1), right(value, 2)]
  ELSE '{}' END AS ends
FROM (
  SELECT number, value, has_digit,
    btrim(regexp_replace(translate(lower(value), '.,''"()&-', '        '), ' +', ' ', 'g')) AS spaced
  FROM (SELECT number, value, value ~ '[0-9]' AS has_digit FROM picked WHERE length(value) <= 100 OFFSET 0) AS short
  WHERE strpos(value, '@') = 0 AND (NOT has_digit OR strpos(value, ' ') > 0)
  OFFSET 0
) AS cleaned
WHERE spaced <> ''
