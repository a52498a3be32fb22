-- The keys of json documents whose every word is known, as places of the words in a list, with the number of documents
-- (of up to 200) that hold one. A key may itself be personal data (a name, an address), so a key with an unknown word is
-- not among the results. Reads sampled(number, value), and known(place, hash): eight digits of md5 of each word.
--
-- A key is what stands in quotes before a colon. The text is not parsed as json: a text that only looks like a document
-- would fail, and so would escapes that the encoding has no letter for. A quote inside a value has a backslash before it.
-- Keys of the same words are one (documents may have values for keys: "key 1", "key 2"), and each column has its own
-- hundred, the most frequent ones.
SELECT number, documents::int AS "rows", to_json(places) AS "places"
FROM (
  SELECT number, documents, places, row_number() OVER (PARTITION BY number ORDER BY documents DESC, places) AS rank
  FROM (
    SELECT number, places, count(DISTINCT id) AS documents
    FROM (
      SELECT number, ids, array_agg(place ORDER BY at) AS places, bool_and(place IS NOT NULL) AS all_known
      FROM (
        SELECT number, key, array_agg(id) AS ids
        FROM (
          SELECT number, id, (regexp_matches(value, '"([^"\\]{1,60})"\s*:', 'g'))[1] AS key
          FROM (
            SELECT number, row_number() OVER () AS id, value
            FROM (
              SELECT number, unnest((array_agg(left(value, 8000)))[1:200]) AS value
              FROM sampled
              WHERE value IS NOT NULL
              GROUP BY number
            ) AS picked
            OFFSET 0
          ) AS document
          OFFSET 0
        ) AS found
        GROUP BY 1, 2
      ) AS keys,
      LATERAL unnest(string_to_array(btrim(
        regexp_replace(lower(regexp_replace(key, '([a-z0-9])([A-Z])', '\1 \2', 'g')), '[\x01-\x60\x7b-\x7f]+', ' ', 'g')
      ), ' ')) WITH ORDINALITY AS part(word, at)
      LEFT JOIN known ON known.hash = left(md5(word), 8)
      GROUP BY number, key, ids
    ) AS matched,
    LATERAL unnest(ids) AS id
    WHERE all_known
    GROUP BY number, places
  ) AS counted
) AS ranked
WHERE rank <= 100
ORDER BY number, rank
