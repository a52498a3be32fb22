-- Conversions.

-- Hexadecimal digits, eight at the most, as an integer: hex_to_int('8AB') = 2219. NULL for NULL.
CREATE OR REPLACE FUNCTION anon_funcs.hex_to_int(hexval text)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN CASE
    WHEN length(hexval) > 8 THEN anon_funcs.refuse(
      'hex_to_int takes eight hexadecimal digits at the most, not ' || length(hexval) || '.',
      'Take a part: left(text, 8).'
    )::integer
    ELSE ('x' || lpad(hexval, 8, '0'))::bit(32)::integer
  END;
END
$$;
