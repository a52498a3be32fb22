-- Numbers that have the right form and belong to nobody. The same value and salt give the same number; two values may
-- meet: where a column is unique, pseudonym_digits() keeps values apart. NULL for NULL.

-- A phone number: every # of the format becomes a digit, fifteen at the most. The default begins with +999, a country
-- code that the ITU has not assigned, so that no test rings at somebody's house.
CREATE OR REPLACE FUNCTION anon_funcs.fake_phone(value text, format text DEFAULT '+999############', salt text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parts text[] := string_to_array(format, '#');
  count int := cardinality(parts) - 1;
  digits text;
  result text := parts[1];
BEGIN
  IF count > 15 THEN
    RETURN anon_funcs.refuse('fake_phone fills fifteen # at the most, not ' || count || '.', 'A phone number has no more digits.');
  END IF;
  digits := anon_funcs.seed_digits(anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'phone'), count);
  FOR at IN 1..coalesce(count, 0) LOOP
    result := result || substr(digits, at, 1) || parts[at + 1];
  END LOOP;
  -- A format that is empty splits into no part at all.
  RETURN CASE WHEN digits IS NOT NULL AND format IS NOT NULL THEN coalesce(result, '') END;
END
$$;

-- An IBAN with valid check digits (ISO 13616, ISO 7064 MOD 97-10) and a bank that does not exist: bank codes of nothing
-- but zeros, or XXXX, are not given out.
CREATE OR REPLACE FUNCTION anon_funcs.fake_iban(value text, country text DEFAULT 'DE', salt text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  bank text;
  digits int;
  account text;
  remainder int;
BEGIN
  CASE country
    WHEN 'AT' THEN bank := '00000'; digits := 11;
    WHEN 'CH', 'LI' THEN bank := '00000'; digits := 12;
    WHEN 'DE' THEN bank := '00000000'; digits := 10;
    WHEN 'DK' THEN bank := '0000'; digits := 10;
    WHEN 'GB', 'IE' THEN bank := 'XXXX000000'; digits := 8;
    WHEN 'LU' THEN bank := '000'; digits := 13;
    WHEN 'NL' THEN bank := 'XXXX'; digits := 10;
    WHEN 'SE' THEN bank := '000'; digits := 17;
    ELSE RETURN anon_funcs.refuse('fake_iban does not know the country ' || coalesce(country, 'NULL') || '.', 'Take one of AT, CH, DE, DK, GB, IE, LI, LU, NL, SE.');
  END CASE;
  account := lpad(
    anon_funcs.seed_digits(anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'iban'), least(digits, 15)),
    digits, '0'
  );
  -- Letters count as numbers from A = 10; X is 33.
  remainder := (
    replace(bank, 'X', '33') || account || (ascii(country) - 55) || (ascii(right(country, 1)) - 55) || '00'
  )::numeric % 97;
  RETURN country || lpad((98 - remainder)::text, 2, '0') || bank || account;
END
$$;

-- The digit that makes a number valid by the formula of Luhn (ISO/IEC 7812-1), to be put behind it.
CREATE OR REPLACE FUNCTION anon_funcs.luhn_digit(digits text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  sum int := 0;
  digit int;
BEGIN
  FOR at IN 1..length(digits) LOOP
    digit := substr(digits, length(digits) + 1 - at, 1)::int;
    IF at % 2 = 1 THEN
      digit := digit * 2 - CASE WHEN digit > 4 THEN 9 ELSE 0 END;
    END IF;
    sum := sum + digit;
  END LOOP;
  RETURN ((10 - sum % 10) % 10)::text;
END
$$;

-- A card number of sixteen digits with a valid check digit. It begins with 9999: numbers that begin with a nine are left
-- to national bodies and no card network issues them.
CREATE OR REPLACE FUNCTION anon_funcs.fake_card_number(value text, salt text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digits text := '9999' || anon_funcs.seed_digits(anon_funcs.seed(value, coalesce(salt, anon_funcs.salt()), 'card'), 11);
BEGIN
  RETURN digits || anon_funcs.luhn_digit(digits);
END
$$;
