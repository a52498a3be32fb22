-- Keyed permutations: different values get different pseudonyms of the same length, so that keys stay keys, in every
-- table and in every database that has the same salt.
--
-- They are Feistel networks of eight rounds. The rounds use hashint8extended(), a fast hash (30 ns) and no cipher:
-- without the key nobody reads a pseudonym, but this is not encryption, and whoever holds many pairs of value and
-- pseudonym may in the end find the key.

-- The key of a permutation, from a salt.
CREATE OR REPLACE FUNCTION anon_funcs.permutation_key(salt text, purpose text)
RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
AS $$
  SELECT (
    'x' OPERATOR(pg_catalog.||) pg_catalog."left"(anon_funcs.seed('', salt, purpose), 16)
  )::bit(64)::bigint
$$;

-- Permutes the numbers from lo to hi. A network over the next power of four above their count is walked until it comes
-- back into the range ("cycle walking"), in fewer than four steps on the average.
CREATE OR REPLACE FUNCTION anon_funcs.permute(value bigint, lo bigint, hi bigint, key bigint)
RETURNS bigint
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  span bigint := hi - lo;
  half int := 1;
  mask bigint;
  l bigint;
  r bigint;
  result bigint;
BEGIN
  IF value < lo OR value > hi THEN
    RAISE EXCEPTION 'The number to permute is not in the range.' USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  IF span = 0 THEN
    RETURN value;
  END IF;
  WHILE half < 32 AND (span >> (2 * half)) > 0 LOOP
    half := half + 1;
  END LOOP;
  mask := (1::bigint << half) - 1;
  l := (value - lo) >> half;
  r := (value - lo) & mask;
  LOOP
    l := l # (hashint8extended(r, key) & mask);
    r := r # (hashint8extended(l, key + 1) & mask);
    l := l # (hashint8extended(r, key + 2) & mask);
    r := r # (hashint8extended(l, key + 3) & mask);
    l := l # (hashint8extended(r, key + 4) & mask);
    r := r # (hashint8extended(l, key + 5) & mask);
    l := l # (hashint8extended(r, key + 6) & mask);
    r := r # (hashint8extended(l, key + 7) & mask);
    -- With two halves of 32 bits the upper one may not fit into a bigint's positive half.
    IF l < 2147483648 THEN
      result := (l << half) | r;
      EXIT WHEN result <= span;
    END IF;
  END LOOP;
  RETURN lo + result;
END
$$;

-- A whole number with as many digits and the same sign. The types of whole numbers cut the numbers of five and of ten
-- digits in two: each piece is permuted by itself, so that a number has the same pseudonym whatever its type, and fits.
CREATE OR REPLACE FUNCTION anon_funcs.pseudonym_number(value bigint, salt text)
RETURNS bigint
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digits int;
  size bigint;
  lo bigint;
  hi bigint;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  -- The lowest numbers of the types have no positive counterpart; they stand for themselves.
  IF value IN (-32768, -2147483648, -9223372036854775808) THEN
    RETURN value;
  END IF;
  size := abs(value);
  digits := length(size::text);
  -- Minus zero is zero, so zero is left to the positive numbers.
  lo := CASE WHEN value >= 0 AND digits = 1 THEN 0 ELSE (10::numeric ^ (digits - 1))::bigint END;
  hi := least(10::numeric ^ digits - 1, 9223372036854775807)::bigint;
  -- -32768 and its like are taken by themselves.
  IF digits = 5 THEN
    IF size <= 32767 THEN
      hi := 32767;
    ELSE
      lo := CASE WHEN value < 0 THEN 32769 ELSE 32768 END;
    END IF;
  ELSIF digits = 10 THEN
    IF size <= 2147483647 THEN
      hi := 2147483647;
    ELSE
      lo := CASE WHEN value < 0 THEN 2147483649 ELSE 2147483648 END;
    END IF;
  END IF;
  size := anon_funcs.permute(
    size, lo, hi, anon_funcs.permutation_key(coalesce(salt, anon_funcs.salt()), 'number')
  );
  RETURN CASE WHEN value < 0 THEN -size ELSE size END;
END
$$;

-- pseudonym_int(4711, 'salt') is a number of four digits, another one for every number of four digits.
CREATE OR REPLACE FUNCTION anon_funcs.pseudonym_int(value bigint, salt text DEFAULT NULL)
RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.pseudonym_number(value, salt)
$$;

CREATE OR REPLACE FUNCTION anon_funcs.pseudonym_int(value integer, salt text DEFAULT NULL)
RETURNS integer
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.pseudonym_number(value::bigint, salt)::integer
$$;

CREATE OR REPLACE FUNCTION anon_funcs.pseudonym_int(value smallint, salt text DEFAULT NULL)
RETURNS smallint
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
  SELECT anon_funcs.pseudonym_number(value::bigint, salt)::smallint
$$;

-- The digits of a text, permuted; what is no digit stays where it is. Up to 36 digits: '12-34' is as long afterwards, and
-- no other text with the same signs around four digits becomes the same.
CREATE OR REPLACE FUNCTION anon_funcs.pseudonym_digits(value text, salt text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digits text := regexp_replace(value, '[^0-9]', '', 'g');
  count int := length(digits);
  key bigint;
  upper_digits int := count / 2;
  upper_bound bigint;
  lower_bound bigint;
  u bigint;
  l bigint;
  result text := '';
  taken int := 0;
  sign text;
BEGIN
  -- Digits of other scripts would stay as they are.
  IF value ~ '[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\uFF10-\uFF19]' THEN
    RETURN anon_funcs.refuse('pseudonym_digits takes the digits 0 to 9, not those of other scripts.', 'Translate them first.');
  END IF;
  IF count > 36 THEN
    RETURN anon_funcs.refuse('pseudonym_digits takes 36 digits at the most, not ' || count || '.', 'Mask the text as a whole.');
  END IF;
  IF value IS NULL OR count = 0 THEN
    RETURN value;
  END IF;
  key := anon_funcs.permutation_key(coalesce(salt, anon_funcs.salt()), 'digits' || count);
  IF count = 1 THEN
    digits := anon_funcs.permute(digits::bigint, 0, 9, key)::text;
  ELSE
    upper_bound := (10::numeric ^ upper_digits)::bigint;
    lower_bound := (10::numeric ^ (count - upper_digits))::bigint;
    u := left(digits, upper_digits)::bigint;
    l := right(digits, count - upper_digits)::bigint;
    -- The same network on decimal digits: sums modulo a power of ten in the place of exclusive or.
    FOR step IN 0..3 LOOP
      u := ((u + (hashint8extended(l, key + 2 * step) & 9223372036854775807) % upper_bound) % upper_bound);
      l := ((l + (hashint8extended(u, key + 2 * step + 1) & 9223372036854775807) % lower_bound) % lower_bound);
    END LOOP;
    digits := lpad(u::text, upper_digits, '0') || lpad(l::text, count - upper_digits, '0');
  END IF;
  IF count = length(value) THEN
    RETURN digits;
  END IF;
  FOREACH sign IN ARRAY string_to_array(value, NULL) LOOP
    IF sign ~ '[0-9]' THEN
      taken := taken + 1;
      result := result || substr(digits, taken, 1);
    ELSE
      result := result || sign;
    END IF;
  END LOOP;
  RETURN result;
END
$$;
