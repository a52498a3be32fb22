-- Names and addresses of people who do not exist. The same value and salt give the same name, in every table; two values
-- may meet in one name. NULL for NULL. Without a salt argument the setting anon_funcs.salt is the salt.

-- fake_first_name('Ada', 'salt') = 'Hazel'
CREATE OR REPLACE FUNCTION anon_funcs.fake_first_name(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.word_at(
    anon_funcs.words_of('first_name', locale),
    anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'first_name')
  )
$$;

CREATE OR REPLACE FUNCTION anon_funcs.fake_last_name(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.word_at(
    anon_funcs.words_of('last_name', locale),
    anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'last_name')
  )
$$;

-- The first and the last name that the value gets, in the order of the language.
CREATE OR REPLACE FUNCTION anon_funcs.fake_full_name(value text, salt text DEFAULT NULL, locale text DEFAULT 'en')
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT pg_catalog.replace(
    pg_catalog.replace(
      (anon_funcs.words_of('full_name_format', locale))[1],
      '{first}', anon_funcs.fake_first_name(value, salt, locale)
    ),
    '{last}', anon_funcs.fake_last_name(value, salt, locale)
  )
$$;

-- An address under a domain that nobody can own (RFC 2606), or under the value's own domain. Sixteen hexadecimal digits
-- of the seed keep addresses apart: among ten million two meet with a chance of three in a million.
CREATE OR REPLACE FUNCTION anon_funcs.fake_email(value text, keep_domain boolean DEFAULT false, salt text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seed text := anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'email');
  domain text := CASE WHEN keep_domain THEN substring(value FROM '[^@[:space:]]@([^@[:space:]<>]+)$') END;
BEGIN
  RETURN lower(anon_funcs.word_at(anon_funcs.words_of('first_name', 'en'), seed))
    || '.' || right(seed, 16) || '@' || coalesce(domain, 'example.com');
END
$$;
