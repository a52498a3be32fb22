-- Identifiers of letters and digits, by column: how many of up to 64 distinct values have the form, and of how many the
-- check characters are right; no value is among the results. Reads picked.sql. Signs are taken out once and
-- small letters made capitals; a length is asked before a form, and a form before its check characters.
--
-- Definitions: IBAN by ISO 13616 (MOD 97-10), VIN by ISO 3779 and 49 CFR 565, NINO by HMRC, codice fiscale by the decree of
-- 23 December 1976, DNI/NIE, CURP, henkilötunnus, PPS, NRIC, RUT and PAN by their issuers.
SELECT number,
  count(*) FILTER (WHERE iban)::int AS "IBAN.form",
  count(*) FILTER (WHERE CASE WHEN iban THEN
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(compact, 5) || left(compact, 4), 'A', '10'), 'B', '11'), 'C', '12'), 'D', '13'), 'E', '14'), 'F', '15'), 'G', '16'), 'H', '17'), 'I', '18'), 'J', '19'), 'K', '20'), 'L', '21'), 'M', '22'), 'N', '23'), 'O', '24'), 'P', '25'), 'Q', '26'), 'R', '27'), 'S', '28'), 'T', '29'), 'U', '30'), 'V', '31'), 'W', '32'), 'X', '33'), 'Y', '34'), 'Z', '35')::numeric % 97 = 1
  END)::int AS "IBAN.checksum",
  count(*) FILTER (WHERE vin)::int AS "VIN.form",
  count(*) FILTER (WHERE CASE WHEN vin THEN
    (
      8 * (get_byte(valued, 0) & 15) + 7 * (get_byte(valued, 1) & 15) + 6 * (get_byte(valued, 2) & 15)
      + 5 * (get_byte(valued, 3) & 15) + 4 * (get_byte(valued, 4) & 15) + 3 * (get_byte(valued, 5) & 15)
      + 2 * (get_byte(valued, 6) & 15) + 10 * (get_byte(valued, 7) & 15) + 9 * (get_byte(valued, 9) & 15)
      + 8 * (get_byte(valued, 10) & 15) + 7 * (get_byte(valued, 11) & 15) + 6 * (get_byte(valued, 12) & 15)
      + 5 * (get_byte(valued, 13) & 15) + 4 * (get_byte(valued, 14) & 15) + 3 * (get_byte(valued, 15) & 15)
      + 2 * (get_byte(valued, 16) & 15)
    ) % 11 = CASE substr(compact, 9, 1) WHEN 'X' THEN 10 ELSE get_byte(valued, 8) & 15 END
      AND substr(compact, 9, 1) ~ '[0-9X]'
  END)::int AS "VIN.checksum",
  count(*) FILTER (WHERE nif)::int AS "ES_NIF.form",
  count(*) FILTER (WHERE CASE WHEN nif THEN
    substr('TRWAGMYFPDXBNJZSQVHLCKE', 1 + translate(left(compact, 8), 'XYZ', '012')::int % 23, 1) = right(compact, 1)
  END)::int AS "ES_NIF.checksum",
  count(*) FILTER (WHERE codice_fiscale)::int AS "IT_CF.form",
  count(*) FILTER (WHERE CASE WHEN codice_fiscale THEN
    (
      get_byte(odd, get_byte(raw, 0) - CASE WHEN get_byte(raw, 0) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 1) - CASE WHEN get_byte(raw, 1) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 2) - CASE WHEN get_byte(raw, 2) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 3) - CASE WHEN get_byte(raw, 3) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 4) - CASE WHEN get_byte(raw, 4) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 5) - CASE WHEN get_byte(raw, 5) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 6) - CASE WHEN get_byte(raw, 6) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 7) - CASE WHEN get_byte(raw, 7) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 8) - CASE WHEN get_byte(raw, 8) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 9) - CASE WHEN get_byte(raw, 9) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 10) - CASE WHEN get_byte(raw, 10) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 11) - CASE WHEN get_byte(raw, 11) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 12) - CASE WHEN get_byte(raw, 12) < 65 THEN 48 ELSE 55 END)
      + get_byte(even, get_byte(raw, 13) - CASE WHEN get_byte(raw, 13) < 65 THEN 48 ELSE 55 END)
      + get_byte(odd, get_byte(raw, 14) - CASE WHEN get_byte(raw, 14) < 65 THEN 48 ELSE 55 END)
    ) % 26 = ascii(right(compact, 1)) - 65
  END)::int AS "IT_CF.checksum",
  count(*) FILTER (
    WHERE length = 9 AND compact ~ '^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]$'
  )::int AS "UK_NINO.form",
  count(*) FILTER (WHERE length = 10 AND compact ~ '^[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]$')::int AS "IN_PAN.form",
  count(*) FILTER (WHERE nric)::int AS "SG_NRIC.form",
  count(*) FILTER (WHERE CASE WHEN nric THEN
    substr(
      CASE WHEN left(compact, 1) IN ('S', 'T') THEN 'JZIHGFEDCBA' WHEN left(compact, 1) = 'M' THEN 'KLJNPQRTUWX' ELSE 'XWUTRQPNMLK' END,
      1 + (2 * substr(compact, 2, 1)::int + 7 * substr(compact, 3, 1)::int + 6 * substr(compact, 4, 1)::int
        + 5 * substr(compact, 5, 1)::int + 4 * substr(compact, 6, 1)::int + 3 * substr(compact, 7, 1)::int
        + 2 * substr(compact, 8, 1)::int + CASE left(compact, 1) WHEN 'T' THEN 4 WHEN 'G' THEN 4 WHEN 'M' THEN 3 ELSE 0 END) % 11,
      1
    ) = right(compact, 1)
  END)::int AS "SG_NRIC.checksum",
  count(*) FILTER (WHERE curp)::int AS "MX_CURP.form",
  count(*) FILTER (WHERE CASE WHEN curp THEN
    (10 - (
      18 * (strpos(curp_letters, substr(compact, 1, 1)) - 1)
      + 17 * (strpos(curp_letters, substr(compact, 2, 1)) - 1)
      + 16 * (strpos(curp_letters, substr(compact, 3, 1)) - 1)
      + 15 * (strpos(curp_letters, substr(compact, 4, 1)) - 1)
      + 14 * (strpos(curp_letters, substr(compact, 5, 1)) - 1)
      + 13 * (strpos(curp_letters, substr(compact, 6, 1)) - 1)
      + 12 * (strpos(curp_letters, substr(compact, 7, 1)) - 1)
      + 11 * (strpos(curp_letters, substr(compact, 8, 1)) - 1)
      + 10 * (strpos(curp_letters, substr(compact, 9, 1)) - 1)
      + 9 * (strpos(curp_letters, substr(compact, 10, 1)) - 1)
      + 8 * (strpos(curp_letters, substr(compact, 11, 1)) - 1)
      + 7 * (strpos(curp_letters, substr(compact, 12, 1)) - 1)
      + 6 * (strpos(curp_letters, substr(compact, 13, 1)) - 1)
      + 5 * (strpos(curp_letters, substr(compact, 14, 1)) - 1)
      + 4 * (strpos(curp_letters, substr(compact, 15, 1)) - 1)
      + 3 * (strpos(curp_letters, substr(compact, 16, 1)) - 1)
      + 2 * (strpos(curp_letters, substr(compact, 17, 1)) - 1)
    ) % 10) % 10 = right(compact, 1)::int
  END)::int AS "MX_CURP.checksum",
  count(*) FILTER (WHERE hetu)::int AS "FI_HETU.form",
  count(*) FILTER (WHERE CASE WHEN hetu THEN
    substr('0123456789ABCDEFHJKLMNPRSTUVWXY', 1 + (left(upper(value), 6) || substr(value, 8, 3))::int % 31, 1) = right(upper(value), 1)
  END)::int AS "FI_HETU.checksum",
  count(*) FILTER (WHERE pps)::int AS "IE_PPS.form",
  count(*) FILTER (WHERE CASE WHEN pps THEN
    substr('WABCDEFGHIJKLMNOPQRSTUV', 1 + (
      8 * substr(compact, 1, 1)::int + 7 * substr(compact, 2, 1)::int + 6 * substr(compact, 3, 1)::int
      + 5 * substr(compact, 4, 1)::int + 4 * substr(compact, 5, 1)::int + 3 * substr(compact, 6, 1)::int
      + 2 * substr(compact, 7, 1)::int
        + CASE WHEN length = 9 AND right(compact, 1) <> 'W' THEN 9 * (ascii(right(compact, 1)) - 64) ELSE 0 END
    ) % 23, 1) = substr(compact, 8, 1)
  END)::int AS "IE_PPS.checksum",
  count(*) FILTER (WHERE rut)::int AS "CL_RUT.form",
  count(*) FILTER (WHERE CASE WHEN rut THEN
    substr('0K987654321', 1 + (
      2 * substr(body, 8, 1)::int + 3 * substr(body, 7, 1)::int + 4 * substr(body, 6, 1)::int + 5 * substr(body, 5, 1)::int
      + 6 * substr(body, 4, 1)::int + 7 * substr(body, 3, 1)::int + 2 * substr(body, 2, 1)::int + 3 * substr(body, 1, 1)::int
    ) % 11, 1) = right(compact, 1)
  END)::int AS "CL_RUT.checksum",
  count(*) FILTER (
    WHERE length = 11 AND compact ~ '^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}$'
  )::int AS "US_MBI.form",
  count(*) FILTER (WHERE length BETWEEN 6 AND 9 AND compact ~ '^[A-Z]{0,2}[0-9]{6,9}$|^[A-Z][0-9A-Z]{8}$')::int AS "PASSPORT.form",
  count(*) FILTER (WHERE length BETWEEN 5 AND 20 AND compact ~ '[0-9]{3}')::int AS "LICENCE.form",
  count(*) FILTER (
    WHERE length BETWEEN 4 AND 8 AND compact ~ '^[A-Z]{1,3}[A-Z]{0,2}[0-9]{1,4}[A-Z]{0,3}$|^[0-9]{1,4}[A-Z]{1,3}[0-9]{0,4}$'
  )::int AS "PLATE.form",
  count(*) FILTER (
    WHERE length(value) BETWEEN 26 AND 90 AND value ~ '^[13][1-9A-HJ-NP-Za-km-z]{25,33}$|^bc1[02-9ac-hj-np-z]{39,59}$|^0x[0-9A-Fa-f]{40}$'
  )::int AS "WALLET.form",
  count(*) FILTER (
    WHERE strpos(value, ':') > 0 AND length(value) BETWEEN 3 AND 43
      AND value ~ '^([0-9A-Fa-f]{0,4}:){7}[0-9A-Fa-f]{0,4}(/[0-9]+)?$|^([0-9A-Fa-f]{1,4}:){1,6}(:[0-9A-Fa-f]{1,4}){0,6}:?(/[0-9]+)?$'
      AND (strpos(value, '::') > 0 OR length >= 22)
  )::int AS "IPV6.form",
  count(*) FILTER (WHERE length(value) = 17 AND value ~ '^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$')::int AS "MAC.form",
  count(*) FILTER (
    WHERE length(value) >= 20
      AND value ~ '^\$[0-9a-z-]{1,16}\$[./A-Za-z0-9$=,+-]{8}|^(pbkdf2|bcrypt|argon2|scrypt|sha1|sha256|md5)[a-z0-9_]*\$|^SCRAM-SHA-256\$|^\{[A-Z0-9-]+\}[A-Za-z0-9+/=]+$|^md5[0-9a-f]{32}$'
  )::int AS "PASSWORD_HASH.form",
  count(*) FILTER (
    WHERE length(value) >= 16
      AND value ~ '^eyJ[A-Za-z0-9_-]+\.eyJ|^(sk|pk|rk)_(live|test)_|^(AKIA|ASIA)[A-Z0-9]{16}$|^gh[pousr]_[A-Za-z0-9]{20,}|^xox[abpr]-|^AIza[A-Za-z0-9_-]{30,}|^glpat-|^SG\.|^-----BEGIN'
  )::int AS "API_KEY.form",
  count(*) FILTER (WHERE length(value) IN (32, 40, 64, 128) AND value ~ '^[0-9a-fA-F]+$')::int AS "HEX_DIGEST.form",
  count(*) FILTER (
    WHERE length(value) BETWEEN 3 AND 8 AND value ~ '^[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?$'
  )::int AS "ICD10.form"
FROM (
  SELECT *,
    textsend(translate(compact, 'ABCDEFGHJKLMNPRSTUVWXYZ', '12345678123457923456789')) AS valued,
    textsend(compact) AS raw,
    lpad(left(compact, -1), 8, '0') AS body,
    length BETWEEN 15 AND 34 AND compact ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' AS iban,
    length = 17 AND compact ~ '^[A-HJ-NPR-Z0-9]{11}[A-HJ-NPR-Z0-9]{2}[0-9]{4}$' AND compact ~ '[A-Z]' AND compact ~ '[0-9]' AS vin,
    length = 9 AND compact ~ '^[XYZ0-9][0-9]{7}[A-HJ-NP-TV-Z]$' AS nif,
    length = 16 AND compact ~ '^[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]$' AS codice_fiscale,
    length = 9 AND compact ~ '^[STFGM][0-9]{7}[A-Z]$' AS nric,
    length = 18 AND compact ~ '^[A-Z][AEIOUX][A-Z]{2}[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9][HMX][A-Z]{5}[0-9A-Z][0-9]$' AS curp,
    length(value) = 11 AND value ~ '^[0-3][0-9][01][0-9]{3}[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]$' AS hetu,
    length IN (8, 9) AND compact ~ '^[0-9]{7}[A-W][A-IW]?$' AS pps,
    length IN (8, 9) AND value ~ '^[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9kK]$' AS rut,
    '0123456789ABCDEFGHIJKLMN OPQRSTUVWXYZ' AS curp_letters,
    '\x01000507090d0f11131501000507090d0f111315020412140b0306080c0e100a16191817'::bytea AS odd,
    '\x00010203040506070809000102030405060708090a0b0c0d0e0f10111213141516171819'::bytea AS even
  FROM (
    SELECT number, value, compact, length(compact) AS length
    FROM (
      SELECT number, value, upper(translate(value, ' .-/', '')) AS compact
      FROM picked
      WHERE length(value) BETWEEN 3 AND 500 AND value ~ '[0-9]' AND value !~ '[^ -~]'
      OFFSET 0
    ) AS compacted
    OFFSET 0
  ) AS measured
  OFFSET 0
) AS formed
GROUP BY number
