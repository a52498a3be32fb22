-- In how many of up to 128 distinct longer texts personal data stands between other words, by column; no value is among
-- the results. Reads texts.sql. A national telephone begins with 0 and is written in groups, or follows a word for it; a
-- salutation counts before a word with a capital. Letters beyond ASCII are escaped, so that any encoding takes the text.
SELECT number,
  count(*)::int AS "texts",
  count(*) FILTER (
    WHERE strpos(value, '@') > 0 AND value ~ '[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}'
  )::int AS "email",
  count(*) FILTER (
    WHERE has_digits
      AND value ~ '(^|[^0-9A-Za-z+.-])(\+[1-9][0-9]{0,2}[ ().-]{0,2}([0-9]{1,5}[ ().-]{0,2}){2,5}[0-9]{2,5}|\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}|\(?0[1-9][0-9]{1,3}\)?[ /.-]{1,3}([0-9]{3,4}[ .-]?[0-9]{3,4}([ .-]?[0-9]{2,4})?|[0-9]{2}([ .-][0-9]{2}){2,3})|0[1-9]([ .-][0-9]{2}){4}|([Tt]el|TEL|[Pp]hone|[Tt]elephone|[Tt]elefono?|[Tt]el\u00e9fono|[Mm]obile?|[Mm]\u00f3vil|[Cc]ell|[Cc]all|[Cc]alled|[Hh]andy|[Rr]ing|[Ff]ax)[^0-9A-Za-z]([^0-9]{0,14}[^0-9-])?[0-9]{3,5}([ .-]?[0-9]{3,5}){1,3})([^0-9A-Za-z]|$)'
  )::int AS "phone",
  count(*) FILTER (WHERE (
    SELECT sum(CASE WHEN (length(card) - at) % 2 = 0 THEN digit ELSE 2 * digit - 9 * ((digit + 5) / 10) END) % 10 = 0
    FROM (SELECT at, substr(card, at, 1)::int AS digit FROM generate_series(1, length(card)) AS at) AS digits
  ))::int AS "card",
  count(*) FILTER (WHERE (
    SELECT string_agg(CASE WHEN letter >= 'A' THEN (ascii(letter) - 55)::text ELSE letter END, '' ORDER BY at)::numeric % 97 = 1
    FROM (
      SELECT at, substr(substr(iban, 5) || left(iban, 4), at, 1) AS letter FROM generate_series(1, length(iban)) AS at
    ) AS letters
  ))::int AS "iban",
  count(*) FILTER (
    WHERE has_digits AND value ~ '(^|[^0-9-])(?!000|666)[0-8][0-9]{2}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}([^0-9-]|$)'
  )::int AS "nationalId",
  count(*) FILTER (
    WHERE value ~ '(^|[^A-Za-z\x80-\uffff])(Herrn?|Frau|Fr\u00e4ulein|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Monsieur|Madame|Mademoiselle|Mme|Mlle|Se\u00f1or|Se\u00f1ora|Se\u00f1orita|(el|El|del|al) Sr|Sra|Srta|Do\u00f1a|Senhora?|(o|O|do|ao) Sr|Signora?|Sig|Sig\.ra|Dott|Dott\.ssa|Dhr|Mevrouw|Mevr|Mw|Meneer|Pani|Bayan|[\u0413\u0433]\u043e\u0441\u043f\u043e\u0434\u0438\u043d|[\u0413\u0433]\u043e\u0441\u043f\u043e\u0436\u0430|[\u0413\u0433]-\u043d|[\u0413\u0433]-\u0436\u0430)\.? ((de|van|von|der|den|del|di|da|la) )*[A-Z\x80-\uffff][a-z\x80-\uffff''-]'
  )::int AS "salutation"
FROM (
  SELECT number, value, has_digits,
    CASE WHEN has_digits THEN
      regexp_replace(substring(value FROM '(?:^|[^0-9A-Za-z.-])([3-6](?:[ -]?[0-9]){12,18})(?:[^0-9A-Za-z-]|$)'), '[ -]', '', 'g')
    END AS card,
    CASE WHEN has_digits THEN
      replace(substring(value FROM '(?:^|[^0-9A-Za-z])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?:[^0-9A-Za-z]|$)'), ' ', '')
    END AS iban
  FROM texts
  OFFSET 0
) AS found
GROUP BY number
