-- Places and companies. The same value and salt give the same one; two values may meet. NULL for NULL.

CREATE OR REPLACE FUNCTION anon_funcs.fake_city(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.word_at(
    anon_funcs.words_of('city', locale),
    anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'city')
  )
$$;

-- The lists come as arguments, so that PostgreSQL reads them once for a statement: looked up for each row, they made a
-- street cost 58 microseconds.
CREATE OR REPLACE FUNCTION anon_funcs.street_at(formats text[], streets text[], seed text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN replace(
    replace(formats[1], '{street}', anon_funcs.word_at(streets, seed)),
    '{number}', (1 + anon_funcs.seed_number(seed, 1, 199))::text
  );
END
$$;

-- A street and a number from 1 to 199, in the order of the language.
CREATE OR REPLACE FUNCTION anon_funcs.fake_street(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.street_at(
    anon_funcs.words_of('street_format', locale),
    anon_funcs.words_of('street', locale),
    anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'street')
  )
$$;

CREATE OR REPLACE FUNCTION anon_funcs.company_at(formats text[], heads text[], tails text[], seed text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN replace(
    formats[1 + anon_funcs.seed_number(seed, 2, cardinality(formats))],
    '{name}',
    heads[1 + anon_funcs.seed_number(seed, 0, cardinality(heads))]
      || tails[1 + anon_funcs.seed_number(seed, 1, cardinality(tails))]
  );
END
$$;

-- A made-up name of two parts and a legal form.
CREATE OR REPLACE FUNCTION anon_funcs.fake_company(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.company_at(
    anon_funcs.words_of('company_format', locale),
    anon_funcs.words_of('company_head', locale),
    anon_funcs.words_of('company_tail', locale),
    anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'company')
  )
$$;
