-- Hashes. With a constant algorithm PostgreSQL inlines digest() and keeps the one branch that is needed.
--
-- They hash the bytes of the text in the encoding of the database, as md5() and pgcrypto do. convert_to() is STABLE,
-- and a function is inlined only where it claims no more than its body: so these are STABLE, not IMMUTABLE.

-- For algorithms that PostgreSQL itself does not have: sha1 and whatever else pgcrypto offers, where it is installed.
CREATE OR REPLACE FUNCTION anon_funcs.digest_by_pgcrypto(seed text, salt text, algorithm text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  home name;
  hash text;
BEGIN
  IF seed IS NULL OR salt IS NULL OR algorithm IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT n.nspname INTO home
  FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pgcrypto';
  IF home IS NULL THEN
    RETURN anon_funcs.refuse(
      pg_catalog.format('The algorithm %s needs the extension pgcrypto.', algorithm),
      'CREATE EXTENSION pgcrypto, or use md5, sha224, sha256, sha384 or sha512.'
    );
  END IF;
  EXECUTE pg_catalog.format('SELECT pg_catalog.encode(%I.digest($1, $2), ''hex'')', home)
    INTO hash
    USING seed || salt, algorithm;
  RETURN hash;
END
$$;

-- The hash of a value and a salt, hexadecimal. NULL for NULL.
--   digest('text', 'salt', 'sha256') = '3353e16497ad272fea4382119ff2801e54f0a4cf2057f4e32d00317bda5126c3'
CREATE OR REPLACE FUNCTION anon_funcs.digest(seed text, salt text, algorithm text)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN pg_catalog.lower(algorithm) OPERATOR(pg_catalog.=) 'md5' THEN pg_catalog.md5(seed OPERATOR(pg_catalog.||) salt)
    WHEN pg_catalog.lower(algorithm) OPERATOR(pg_catalog.=) 'sha224' THEN pg_catalog.encode(pg_catalog.sha224(pg_catalog.convert_to(seed OPERATOR(pg_catalog.||) salt, pg_catalog.getdatabaseencoding())), 'hex')
    WHEN pg_catalog.lower(algorithm) OPERATOR(pg_catalog.=) 'sha256' THEN pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(seed OPERATOR(pg_catalog.||) salt, pg_catalog.getdatabaseencoding())), 'hex')
    WHEN pg_catalog.lower(algorithm) OPERATOR(pg_catalog.=) 'sha384' THEN pg_catalog.encode(pg_catalog.sha384(pg_catalog.convert_to(seed OPERATOR(pg_catalog.||) salt, pg_catalog.getdatabaseencoding())), 'hex')
    WHEN pg_catalog.lower(algorithm) OPERATOR(pg_catalog.=) 'sha512' THEN pg_catalog.encode(pg_catalog.sha512(pg_catalog.convert_to(seed OPERATOR(pg_catalog.||) salt, pg_catalog.getdatabaseencoding())), 'hex')
    ELSE anon_funcs.digest_by_pgcrypto(seed, salt, algorithm)
  END
$$;
