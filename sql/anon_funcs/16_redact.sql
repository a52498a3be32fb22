-- Free text without the e-mail addresses, phone numbers and card numbers in it. It goes by their form and rather takes
-- too much: any number of seven digits or more that is no date is taken for one of a phone. Names it does not know.
--
-- Digits of other scripts count: Arabic, Persian, Devanagari, full-width. Every repetition has a bound, or a megabyte
-- without a blank would be searched from each of its characters to the end.
--   redact_text('ada@example.org, +44 20 7946 0958') = '[e-mail], [phone]'
CREATE OR REPLACE FUNCTION anon_funcs.redact_text(value text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- Strings with E read the same whatever standard_conforming_strings says. A digit; a blank, also a narrow one; what may
  -- stand between two digits of a phone number, and of a card number.
  digit constant text := E'[0-9\\u0660-\\u0669\\u06F0-\\u06F9\\u0966-\\u096F\\uFF10-\\uFF19]';
  blank constant text := E' \\t\\u00A0\\u2000-\\u200A\\u202F\\u205F\\u3000';
  gap constant text := E'[-\\u2010-\\u2015\\u2212\\uFF0D' || blank || E'().\\/]{0,4}';
  card_gap constant text := E'[-\\u2010-\\u2015\\u2212\\uFF0D' || blank || E'._\\/]{0,2}';
  at_sign constant text := E'[@\\uFF20]';
  word constant text := E'[^\\s@\\uFF20<>()\\[\\],;:';
  -- No day or month is above 31.
  part constant text := '(?:0?[1-9]|[12][0-9]|3[01])';
  separator constant text := E'[-.\\/]';
BEGIN
  -- A look for one sign costs a microsecond, each search 10 to 30.
  IF value ~ at_sign THEN
    value := regexp_replace(
      value, '(?:"[^"@]{1,64}"|' || word || ']{1,64})' || at_sign || word || '"]{0,255}' || word || E'".!?\'' || ']', '[e-mail]', 'g'
    );
  END IF;
  IF value !~ digit THEN
    RETURN value;
  END IF;
  IF value ~ E'[+\\uFF0B]' THEN
    value := regexp_replace(value, E'[+\\uFF0B]' || gap || digit || '(?:' || gap || digit || '){6,14}', '[phone]', 'g');
  END IF;
  value := regexp_replace(value, digit || '(?:' || card_gap || digit || '){12,63}', '[card]', 'g');
  -- Dates that begin or end with the year keep their place.
  RETURN regexp_replace(
    value,
    '(?![0-9]{4}' || separator || part || separator || part || '(?!' || digit || '))'
      || '(?!' || part || separator || part || separator || '[0-9]{4}(?!' || digit || '))'
      || '(?<!' || digit || ')'
      || E'\\(?' || digit || '(?:' || gap || digit || '){6,11}',
    '[phone]', 'g'
  );
END
$$;
