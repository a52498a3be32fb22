-- Addresses of machines that are not there, and identifiers. The same value and salt give the same one. NULL for NULL.

-- An address of the same family: out of 240.0.0.0/4, which is reserved (RFC 1112), or out of 2001:db8::/32, which is for
-- documentation (RFC 3849). A netmask stays.
CREATE OR REPLACE FUNCTION anon_funcs.fake_ip(value inet, salt text DEFAULT NULL)
RETURNS inet
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seed text := anon_funcs.seed(host(value), coalesce(salt, anon_funcs.salt()), 'ip');
BEGIN
  IF family(value) = 4 THEN
    RETURN set_masklen('240.0.0.0'::inet + (('x' || left(seed, 7))::bit(28)::bigint), masklen(value));
  END IF;
  RETURN set_masklen(
    ('2001:db8:' || rtrim(regexp_replace(left(seed, 24), '(.{4})', '\1:', 'g'), ':'))::inet,
    masklen(value)
  );
END
$$;

-- A locally administered address: its first byte is 02.
CREATE OR REPLACE FUNCTION anon_funcs.fake_mac(value macaddr, salt text DEFAULT NULL)
RETURNS macaddr
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT (
    '02' OPERATOR(pg_catalog.||)
    pg_catalog."left"(anon_funcs.seed(value::pg_catalog.text, coalesce(salt, anon_funcs.salt()), 'mac'), 10)
  )::pg_catalog.macaddr
$$;

-- An identifier in the form of a random one (RFC 9562, version 4), of whose 122 bits the seed decides. Two values meet
-- about as often as random ones do: never.
CREATE OR REPLACE FUNCTION anon_funcs.fake_uuid(value uuid, salt text DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seed text := anon_funcs.seed(value::text, coalesce(salt, anon_funcs.salt()), 'uuid');
BEGIN
  RETURN (
    left(seed, 12) || '4' || substr(seed, 14, 3)
    || substr('89ab', 1 + ('x' || substr(seed, 17, 1))::bit(4)::int % 4, 1) || right(seed, 15)
  )::uuid;
END
$$;
