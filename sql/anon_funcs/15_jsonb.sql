-- Values inside a jsonb document. A path is that of PostgreSQL's #> operator: '{contacts,0,email}'. A name in it reaches
-- through arrays into all of their elements, since a document in which a value has become a list of values must not
-- leak; * stands for every element or every key. What the path does not find, and a JSON null, stay as they are.

-- What a value becomes: a text of sixteen hexadecimal digits, a whole number of as many digits, null for any other number
-- and for a boolean; of an object or an array, all that is in it.
CREATE OR REPLACE FUNCTION anon_funcs.jsonb_pseudonym(value jsonb, salt text)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'string' THEN
      RETURN to_jsonb(left(anon_funcs.seed(value #>> '{}', salt, 'json'), 16));
    WHEN 'number' THEN
      IF (value #>> '{}') ~ '^-?[0-9]{1,18}$' THEN
        RETURN to_jsonb(anon_funcs.pseudonym_int((value #>> '{}')::bigint, salt));
      END IF;
      RETURN 'null';
    WHEN 'object' THEN
      RETURN (
        SELECT coalesce(jsonb_object_agg(key, anon_funcs.jsonb_pseudonym(field, salt)), '{}')
        FROM jsonb_each(value) AS fields (key, field)
      );
    WHEN 'array' THEN
      RETURN (
        SELECT coalesce(jsonb_agg(anon_funcs.jsonb_pseudonym(element, salt) ORDER BY ordinal), '[]')
        FROM jsonb_array_elements(value) WITH ORDINALITY AS elements (element, ordinal)
      );
    ELSE
      RETURN 'null';
  END CASE;
END
$$;

-- Walks along a path and puts there the replacement or, where a salt is given, the pseudonym of what was there.
CREATE OR REPLACE FUNCTION anon_funcs.jsonb_change(value jsonb, path text[], replacement jsonb, salt text)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  step text := path[1];
  rest text[] := path[2:];
BEGIN
  IF path IS NULL OR value IS NULL THEN
    RETURN NULL;
  END IF;
  IF value = 'null' THEN
    RETURN value;
  END IF;
  IF step IS NULL THEN
    RETURN CASE WHEN salt IS NULL THEN replacement ELSE anon_funcs.jsonb_pseudonym(value, salt) END;
  END IF;
  IF jsonb_typeof(value) = 'array' THEN
    IF step ~ '^-?[0-9]{1,9}$' THEN
      RETURN CASE WHEN value -> step::int IS NULL THEN value
        ELSE jsonb_set(value, ARRAY[step], anon_funcs.jsonb_change(value -> step::int, rest, replacement, salt)) END;
    END IF;
    RETURN (
      SELECT coalesce(
        jsonb_agg(
          anon_funcs.jsonb_change(element, CASE WHEN step = '*' THEN rest ELSE path END, replacement, salt)
          ORDER BY ordinal
        ),
        '[]'
      )
      FROM jsonb_array_elements(value) WITH ORDINALITY AS elements (element, ordinal)
    );
  END IF;
  IF jsonb_typeof(value) <> 'object' THEN
    RETURN value;
  END IF;
  IF step = '*' THEN
    RETURN (
      SELECT coalesce(jsonb_object_agg(key, anon_funcs.jsonb_change(field, rest, replacement, salt)), '{}')
      FROM jsonb_each(value) AS fields (key, field)
    );
  END IF;
  RETURN CASE WHEN value ? step
    THEN value || jsonb_build_object(step, anon_funcs.jsonb_change(value -> step, rest, replacement, salt))
    ELSE value END;
END
$$;

-- jsonb_mask('{"contacts": [{"email": "a@example.org"}]}', '{contacts,email}', '"hidden"')
-- = '{"contacts": [{"email": "hidden"}]}'
CREATE OR REPLACE FUNCTION anon_funcs.jsonb_mask(value jsonb, path text[], replacement jsonb DEFAULT 'null')
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.jsonb_change(value, path, coalesce(replacement, 'null'), NULL)
$$;

CREATE OR REPLACE FUNCTION anon_funcs.jsonb_pseudonymize(value jsonb, path text[], salt text DEFAULT NULL)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.jsonb_change(value, path, NULL, coalesce(salt, anon_funcs.salt()))
$$;
