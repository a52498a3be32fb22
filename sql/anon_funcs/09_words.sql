-- Lists of words that the fake_... functions draw from, by language. A database whose encoding cannot hold a language's
-- letters does not get its lists.

CREATE TABLE IF NOT EXISTS anon_funcs.words (
  locale text NOT NULL,
  kind text NOT NULL,
  ordinal integer NOT NULL,
  word text NOT NULL,
  PRIMARY KEY (locale, kind, ordinal)
);

GRANT SELECT ON anon_funcs.words TO PUBLIC;

-- All words of a kind. IMMUTABLE although it reads a table, so that PostgreSQL reads it once, while it plans: lists
-- change with an installation, not with the data.
CREATE OR REPLACE FUNCTION anon_funcs.words_of(kind text, locale text)
RETURNS text[]
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  list text[];
BEGIN
  SELECT array_agg(w.word ORDER BY w.ordinal) INTO list
  FROM anon_funcs.words w
  WHERE w.kind = words_of.kind AND w.locale = words_of.locale;
  IF list IS NULL THEN
    PERFORM anon_funcs.refuse(
      format('There are no words of the kind %s for the locale %s.', words_of.kind, coalesce(words_of.locale, 'NULL')),
      format('Take one of %s.', (SELECT string_agg(DISTINCT w.locale, ', ') FROM anon_funcs.words w))
    );
  END IF;
  RETURN list;
END
$$;

-- The word that a seed points at.
CREATE OR REPLACE FUNCTION anon_funcs.word_at(words text[], seed text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT words[
    1 OPERATOR(pg_catalog.+) anon_funcs.seed_number(seed, 0, pg_catalog.cardinality(words))
  ]
$$;
