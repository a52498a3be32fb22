-- The keys of json documents whose every word is known, as places of the words in a list, with the number of documents
-- (of up to 200) that hold one. A key may itself be personal data (a name, an address), so a key with an unknown word is
-- not among the results. Reads sampled(number, value), the text of json or jsonb, and known(place, hash): eight digits of
-- md5 of each word.
--
-- Escapes that PostgreSQL cannot turn into text (\u0000, lone halves of a pair) would fail: such documents are left out,
-- and where the encoding is not UTF8, those with any escape.
WITH RECURSIVE document AS (
  SELECT number, row_number() OVER () AS id, value::json AS value
  FROM (
    SELECT number, unnest((array_agg(value))[1:200]) AS value
    FROM sampled
    WHERE length(value) <= 20000
      AND CASE WHEN getdatabaseencoding() = 'UTF8' THEN value !~ '\\u(0000|[dD][89abAB])' ELSE strpos(value, '\u') = 0 END
    GROUP BY number
    OFFSET 0
  ) AS picked
),
node AS (
  SELECT number, id, NULL::text AS key, value, 0 AS depth FROM document
  UNION ALL
  SELECT node.number, node.id, child.key, child.value, node.depth + 1
  FROM node,
  LATERAL (
    SELECT key, value FROM json_each(CASE WHEN json_typeof(node.value) = 'object' THEN node.value END)
    UNION ALL
    SELECT NULL, value FROM json_array_elements(CASE WHEN json_typeof(node.value) = 'array' THEN node.value END)
  ) AS child
  WHERE node.depth < 6
)
SELECT number, documents::int AS "rows", to_json(places) AS "places"
FROM (
  SELECT number, key, documents, array_agg(place ORDER BY at) AS places, bool_and(place IS NOT NULL) AS all_known
  FROM (
    SELECT number, key, count(DISTINCT id) AS documents
    FROM node
    WHERE key IS NOT NULL AND length(key) <= 60
    GROUP BY 1, 2
  ) AS keys,
  LATERAL unnest(string_to_array(btrim(
    regexp_replace(lower(regexp_replace(key, '([a-z0-9])([A-Z])', '\1 \2', 'g')), '[\x01-\x60\x7b-\x7f]+', ' ', 'g')
  ), ' ')) WITH ORDINALITY AS part(word, at)
  LEFT JOIN known ON known.hash = left(md5(word), 8)
  GROUP BY 1, 2, 3
) AS matched
WHERE all_known
ORDER BY number, documents DESC, places
LIMIT 500
