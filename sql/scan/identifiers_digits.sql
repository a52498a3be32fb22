-- Identifiers made of digits, by column: how many of up to 64 distinct values have the form, and of how many the check
-- digits are right; no value is among the results. Reads picked.sql. Signs between digits are taken out
-- once; the check digits are computed of the bytes d[0] (the last digit), d[1] …, of a number padded to 20 digits.
--
-- Definitions: card, IMEI, SIN, ZA, NPI, SE by ISO/IEC 7812-1 annex B (Luhn); DE, HR by ISO/IEC 7064 MOD 11,10; CN by
-- ISO/IEC 7064 MOD 11-2; Aadhaar by Verhoeff; all others are weighted sums that their issuers publish.
SELECT number,
  count(*) FILTER (WHERE card)::int AS "CARD.form",
  count(*) FILTER (WHERE card AND luhn % 10 = 0)::int AS "CARD.checksum",
  count(*) FILTER (WHERE length = 15)::int AS "IMEI.form",
  count(*) FILTER (WHERE length = 15 AND luhn % 10 = 0 AND NOT card)::int AS "IMEI.checksum",
  count(*) FILTER (WHERE length = 9)::int AS "US_SSN.form",
  count(*) FILTER (WHERE ssn)::int AS "US_SSN_DASHED.form",
  count(*) FILTER (WHERE length = 9 AND digits ~ '^9[0-9]{2}(5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])')::int AS "US_ITIN.form",
  count(*) FILTER (WHERE length = 9 AND first <> 0 AND first <> 8)::int AS "CA_SIN.form",
  count(*) FILTER (WHERE length = 9 AND first <> 0 AND first <> 8 AND luhn % 10 = 0)::int AS "CA_SIN.checksum",
  count(*) FILTER (WHERE length = 9)::int AS "US_ABA.form",
  count(*) FILTER (
    WHERE length = 9 AND left(digits, 2) <= '80' AND (7 * (d1 + d4 + d7) + 3 * (d2 + d5 + d8) + d0 + d3 + d6) % 10 = 0
  )::int AS "US_ABA.checksum",
  count(*) FILTER (WHERE length IN (8, 9))::int AS "AU_TFN.form",
  count(*) FILTER (
    WHERE length = 9 AND (10 * d0 + 9 * d1 + 6 * d2 + 8 * d3 + 5 * d4 + 7 * d5 + 3 * d6 + 4 * d7 + d8) % 11 = 0
  )::int AS "AU_TFN.checksum",
  count(*) FILTER (WHERE length IN (8, 9))::int AS "NL_BSN.form",
  count(*) FILTER (
    WHERE length IN (8, 9) AND (9 * d8 + 8 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1 - d0) % 11 = 0
  )::int AS "NL_BSN.checksum",
  count(*) FILTER (WHERE length = 9 AND first IN (1, 2, 3))::int AS "PT_NIF.form",
  count(*) FILTER (
    WHERE length = 9 AND first IN (1, 2, 3)
      AND (11 - (9 * d8 + 8 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1) % 11) % 11 % 10 = d0
  )::int AS "PT_NIF.checksum",
  count(*) FILTER (WHERE length = 10 AND first IN (1, 2))::int AS "US_NPI.form",
  count(*) FILTER (WHERE length = 10 AND first IN (1, 2) AND (luhn + 24) % 10 = 0)::int AS "US_NPI.checksum",
  count(*) FILTER (WHERE length = 10)::int AS "UK_NHS.form",
  count(*) FILTER (
    WHERE length = 10
      AND (11 - (10 * d9 + 9 * d8 + 8 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1) % 11) % 11 = d0
  )::int AS "UK_NHS.checksum",
  count(*) FILTER (WHERE length = 10)::int AS "UA_RNOKPP.form",
  count(*) FILTER (
    WHERE length = 10
      AND ((-d9 + 5 * d8 + 7 * d7 + 9 * d6 + 4 * d5 + 6 * d4 + 10 * d3 + 5 * d2 + 7 * d1) % 11 + 11) % 11 % 10 = d0
  )::int AS "UA_RNOKPP.checksum",
  count(*) FILTER (WHERE length IN (10, 12) AND day_of_six BETWEEN 1 AND 91 AND month_of_six BETWEEN 1 AND 12)::int AS "SE_PNR.form",
  count(*) FILTER (
    WHERE length IN (10, 12) AND day_of_six BETWEEN 1 AND 91 AND month_of_six BETWEEN 1 AND 12
      AND (luhn - CASE WHEN length = 12 THEN luhn_11_12 ELSE 0 END) % 10 = 0
  )::int AS "SE_PNR.checksum",
  count(*) FILTER (WHERE length = 11 AND first <> 0)::int AS "DE_STEUERID.form",
  count(*) FILTER (WHERE length = 11 AND first <> 0 AND mod_11_10 = 1)::int AS "DE_STEUERID.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "HR_OIB.form",
  count(*) FILTER (WHERE length = 11 AND mod_11_10 = 1)::int AS "HR_OIB.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "PL_PESEL.form",
  count(*) FILTER (
    WHERE length = 11 AND d6 <= 3
      AND (d10 + 3 * d9 + 7 * d8 + 9 * d7 + d6 + 3 * d5 + 7 * d4 + 9 * d3 + d2 + 3 * d1 + d0) % 10 = 0
  )::int AS "PL_PESEL.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "BR_CPF.form",
  count(*) FILTER (
    WHERE length = 11 AND NOT repeated
      AND (10 * d10 + 9 * d9 + 8 * d8 + 7 * d7 + 6 * d6 + 5 * d5 + 4 * d4 + 3 * d3 + 2 * d2) * 10 % 11 % 10 = d1
      AND (11 * d10 + 10 * d9 + 9 * d8 + 8 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1) * 10 % 11 % 10 = d0
  )::int AS "BR_CPF.checksum",
  count(*) FILTER (WHERE length = 11 AND first <> 0)::int AS "TR_TCKN.form",
  count(*) FILTER (
    WHERE length = 11 AND first <> 0
      AND ((d10 + d8 + d6 + d4 + d2) * 7 - (d9 + d7 + d5 + d3) + 40) % 10 = d1
      AND (d10 + d9 + d8 + d7 + d6 + d5 + d4 + d3 + d2 + d1) % 10 = d0
  )::int AS "TR_TCKN.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "RU_SNILS.form",
  count(*) FILTER (
    WHERE length = 11 AND NOT repeated
      AND (9 * d10 + 8 * d9 + 7 * d8 + 6 * d7 + 5 * d6 + 4 * d5 + 3 * d4 + 2 * d3 + d2) % 101 % 100 = 10 * d1 + d0
  )::int AS "RU_SNILS.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "BE_RRN.form",
  count(*) FILTER (
    WHERE length = 11 AND month_of_six <= 12 AND 97 - left(digits, 9)::bigint % 97 = 10 * d1 + d0
      OR length = 11 AND month_of_six <= 12 AND 97 - ('2' || left(digits, 9))::bigint % 97 = 10 * d1 + d0
  )::int AS "BE_RRN.checksum",
  count(*) FILTER (WHERE length = 11 AND month_of_eleven BETWEEN 1 AND 12)::int AS "NO_FNR.form",
  count(*) FILTER (
    WHERE length = 11 AND month_of_eleven BETWEEN 1 AND 12
      AND (3 * d10 + 7 * d9 + 6 * d8 + d7 + 8 * d6 + 9 * d5 + 4 * d4 + 5 * d3 + 2 * d2 + d1) % 11 = 0
      AND (5 * d10 + 4 * d9 + 3 * d8 + 2 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1 + d0) % 11 = 0
  )::int AS "NO_FNR.checksum",
  count(*) FILTER (WHERE length = 11)::int AS "AR_CUIT.form",
  count(*) FILTER (
    WHERE length = 11 AND left(digits, 2) IN ('20', '23', '24', '25', '26', '27')
      AND (5 * d10 + 4 * d9 + 3 * d8 + 2 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1 + d0) % 11 = 0
  )::int AS "AR_CUIT.checksum",
  count(*) FILTER (WHERE length = 12 AND first >= 2)::int AS "IN_AADHAAR.form",
  count(*) FILTER (WHERE length = 12 AND first >= 2 AND verhoeff = 0)::int AS "IN_AADHAAR.checksum",
  count(*) FILTER (WHERE length = 12)::int AS "JP_MYNUMBER.form",
  count(*) FILTER (
    WHERE length = 12
      AND (11 - (6 * d11 + 5 * d10 + 4 * d9 + 3 * d8 + 2 * d7 + 7 * d6 + 6 * d5 + 5 * d4 + 4 * d3 + 3 * d2 + 2 * d1) % 11) % 11 % 10 = d0
  )::int AS "JP_MYNUMBER.checksum",
  count(*) FILTER (WHERE length = 12)::int AS "RU_INN.form",
  count(*) FILTER (
    WHERE length = 12
      AND (7 * d11 + 2 * d10 + 4 * d9 + 10 * d8 + 3 * d7 + 5 * d6 + 9 * d5 + 4 * d4 + 6 * d3 + 8 * d2) % 11 % 10 = d1
      AND (3 * d11 + 7 * d10 + 2 * d9 + 4 * d8 + 10 * d7 + 3 * d6 + 5 * d5 + 9 * d4 + 4 * d3 + 6 * d2 + 8 * d1) % 11 % 10 = d0
  )::int AS "RU_INN.checksum",
  count(*) FILTER (WHERE length = 13 AND month_of_six BETWEEN 1 AND 12 AND day_of_six BETWEEN 1 AND 31)::int AS "KR_RRN.form",
  count(*) FILTER (
    WHERE length = 13 AND month_of_six BETWEEN 1 AND 12 AND day_of_six BETWEEN 1 AND 31 AND d6 BETWEEN 1 AND 8
      AND (11 - (2 * d12 + 3 * d11 + 4 * d10 + 5 * d9 + 6 * d8 + 7 * d7 + 8 * d6 + 9 * d5 + 2 * d4 + 3 * d3 + 4 * d2 + 5 * d1) % 11) % 10 = d0
  )::int AS "KR_RRN.checksum",
  count(*) FILTER (WHERE length = 13 AND month_of_six BETWEEN 1 AND 12 AND day_of_six BETWEEN 1 AND 31)::int AS "ZA_ID.form",
  count(*) FILTER (
    WHERE length = 13 AND month_of_six BETWEEN 1 AND 12 AND day_of_six BETWEEN 1 AND 31 AND d2 <= 1 AND luhn % 10 = 0
  )::int AS "ZA_ID.checksum",
  count(*) FILTER (WHERE length = 13 AND left(digits, 3) = '756')::int AS "CH_AHV.form",
  count(*) FILTER (
    WHERE length = 13 AND left(digits, 3) = '756'
      AND (d12 + d10 + d8 + d6 + d4 + d2 + d0 + 3 * (d11 + d9 + d7 + d5 + d3 + d1)) % 10 = 0
  )::int AS "CH_AHV.checksum",
  count(*) FILTER (WHERE length = 13 AND first BETWEEN 1 AND 9)::int AS "RO_CNP.form",
  count(*) FILTER (
    WHERE length = 13 AND first BETWEEN 1 AND 9 AND 10 * d9 + d8 BETWEEN 1 AND 12 AND 10 * d7 + d6 BETWEEN 1 AND 31
      AND (2 * d12 + 7 * d11 + 9 * d10 + d9 + 4 * d8 + 6 * d7 + 3 * d6 + 5 * d5 + 8 * d4 + 2 * d3 + 7 * d2 + 9 * d1) % 11
        - CASE WHEN (2 * d12 + 7 * d11 + 9 * d10 + d9 + 4 * d8 + 6 * d7 + 3 * d6 + 5 * d5 + 8 * d4 + 2 * d3 + 7 * d2 + 9 * d1) % 11 = 10 THEN 9 ELSE 0 END = d0
  )::int AS "RO_CNP.checksum",
  count(*) FILTER (WHERE length = 15 AND first IN (1, 2))::int AS "FR_NIR.form",
  count(*) FILTER (WHERE length = 15 AND first IN (1, 2) AND 97 - left(digits, 13)::bigint % 97 = 10 * d1 + d0)::int AS "FR_NIR.checksum",
  count(*) FILTER (WHERE length = 18 AND digits ~ '^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])')::int AS "CN_RIC.form",
  count(*) FILTER (
    WHERE length = 18 AND digits ~ '^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])'
      AND (7 * d17 + 9 * d16 + 10 * d15 + 5 * d14 + 8 * d13 + 4 * d12 + 2 * d11 + d10 + 6 * d9 + 3 * d8 + 7 * d7
        + 9 * d6 + 10 * d5 + 5 * d4 + 8 * d3 + 4 * d2 + 2 * d1 + CASE WHEN ends_in_x THEN 10 ELSE d0 END) % 11 = 1
  )::int AS "CN_RIC.checksum"
FROM (
  SELECT *,
    CASE length WHEN 10 THEN 10 * d7 + d6 WHEN 12 THEN 10 * d7 + d6 WHEN 11 THEN 10 * d8 + d7 WHEN 13 THEN 10 * d10 + d9 END AS month_of_six,
    CASE length WHEN 10 THEN 10 * d5 + d4 WHEN 12 THEN 10 * d5 + d4 WHEN 11 THEN 10 * d6 + d5 WHEN 13 THEN 10 * d8 + d7 END AS day_of_six,
    10 * d8 + d7 AS month_of_eleven,
    get_byte(padded, 20 - length) & 15 AS first,
    digits = repeat(left(digits, 1), length) AS repeated,
    length BETWEEN 13 AND 19 AND CASE
      WHEN left(digits, 1) = '4' THEN length IN (13, 16, 19)
      WHEN left(digits, 2) IN ('34', '37') THEN length = 15
      WHEN left(digits, 2) IN ('36', '38', '39') OR left(digits, 3)::int BETWEEN 300 AND 305 THEN length = 14
      WHEN left(digits, 2)::int BETWEEN 51 AND 55 OR left(digits, 4)::int BETWEEN 2221 AND 2720
        OR left(digits, 4)::int BETWEEN 3528 AND 3589 THEN length = 16
      WHEN left(digits, 2) IN ('62', '65') OR left(digits, 4) = '6011' OR left(digits, 3)::int BETWEEN 644 AND 649
        THEN length >= 16
      ELSE false
    END AS card,
    length = 9 AND value ~ '^[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}$' AND digits !~ '^(000|666|9|...00|.....0000)' AS ssn,
    -- Doubling a digit and adding the digits of that: 2d, less 9 from 5 on.
    d0 + d2 + d4 + d6 + d8 + d10 + d12 + d14 + d16 + d18 + 2 * (d1 + d3 + d5 + d7 + d9 + d11 + d13 + d15 + d17)
      - 9 * ((d1 + 5) / 10 + (d3 + 5) / 10 + (d5 + 5) / 10 + (d7 + 5) / 10 + (d9 + 5) / 10 + (d11 + 5) / 10
        + (d13 + 5) / 10 + (d15 + 5) / 10 + (d17 + 5) / 10) AS luhn,
    d10 + 2 * d11 - 9 * ((d11 + 5) / 10) AS luhn_11_12,
    CASE WHEN length = 11 THEN (p10 + d0) % 10 END AS mod_11_10,
    CASE WHEN length = 12 THEN c11 END AS verhoeff
  FROM (
    SELECT *,
      get_byte(padded, 19) & 15 AS d0, get_byte(padded, 18) & 15 AS d1, get_byte(padded, 17) & 15 AS d2,
      get_byte(padded, 16) & 15 AS d3, get_byte(padded, 15) & 15 AS d4, get_byte(padded, 14) & 15 AS d5,
      get_byte(padded, 13) & 15 AS d6, get_byte(padded, 12) & 15 AS d7, get_byte(padded, 11) & 15 AS d8,
      get_byte(padded, 10) & 15 AS d9, get_byte(padded, 9) & 15 AS d10, get_byte(padded, 8) & 15 AS d11,
      get_byte(padded, 7) & 15 AS d12, get_byte(padded, 6) & 15 AS d13, get_byte(padded, 5) & 15 AS d14,
      get_byte(padded, 4) & 15 AS d15, get_byte(padded, 3) & 15 AS d16, get_byte(padded, 2) & 15 AS d17,
      get_byte(padded, 1) & 15 AS d18
    FROM (
      SELECT number, value, digits, length(digits) AS length, textsend(lpad(digits, 20, '0')) AS padded, ends_in_x
      FROM (
        SELECT number, value, right(value, 1) IN ('x', 'X') AS ends_in_x,
          CASE WHEN right(value, 1) IN ('x', 'X') THEN left(plain, -1) || '0' ELSE plain END AS digits
        FROM (
          SELECT number, value, regexp_replace(regexp_replace(value, '\.0$', ''), '[ ./-]', '', 'g') AS plain
          FROM picked
          WHERE length(value) BETWEEN 8 AND 26
          OFFSET 0
        ) AS stripped
        WHERE plain ~ '^[0-9]{8,19}$' OR plain ~ '^[0-9]{17}[xX]$'
        OFFSET 0
      ) AS plain_digits
      OFFSET 0
    ) AS measured
    OFFSET 0
  ) AS apart,
  -- ISO/IEC 7064 MOD 11,10 over eleven digits, and Verhoeff over twelve. Each step names the one before it once, so that
  -- putting them into one another makes no more of them.
  LATERAL (SELECT (((10 + d10 + 9) % 10 + 1) * 2) % 11 AS p1) AS iso_1,
  LATERAL (SELECT (((p1 + d9 + 9) % 10 + 1) * 2) % 11 AS p2) AS iso_2,
  LATERAL (SELECT (((p2 + d8 + 9) % 10 + 1) * 2) % 11 AS p3) AS iso_3,
  LATERAL (SELECT (((p3 + d7 + 9) % 10 + 1) * 2) % 11 AS p4) AS iso_4,
  LATERAL (SELECT (((p4 + d6 + 9) % 10 + 1) * 2) % 11 AS p5) AS iso_5,
  LATERAL (SELECT (((p5 + d5 + 9) % 10 + 1) * 2) % 11 AS p6) AS iso_6,
  LATERAL (SELECT (((p6 + d4 + 9) % 10 + 1) * 2) % 11 AS p7) AS iso_7,
  LATERAL (SELECT (((p7 + d3 + 9) % 10 + 1) * 2) % 11 AS p8) AS iso_8,
  LATERAL (SELECT (((p8 + d2 + 9) % 10 + 1) * 2) % 11 AS p9) AS iso_9,
  LATERAL (SELECT (((p9 + d1 + 9) % 10 + 1) * 2) % 11 AS p10) AS iso_10,
  LATERAL (SELECT decode(
    '0001020304050607080901020304000607080905020304000107080905060304000102080905060704000102030905060708'
      || '0509080706000403020106050908070100040302070605090802010004030807060509030201000409080706050403020100', 'hex') AS d,
    decode(
    '00010203040506070809010507060208030009040508000307090601040208090106000403050207'
      || '09040503010206080700040208060507030900010207090308000604010507000406090103020508', 'hex') AS p
  ) AS dihedral,
  LATERAL (SELECT get_byte(d, get_byte(p, 0 + d0)) AS c0) AS verhoeff_0,
  LATERAL (SELECT get_byte(d, 10 * c0 + get_byte(p, 10 + d1)) AS c1) AS verhoeff_1,
  LATERAL (SELECT get_byte(d, 10 * c1 + get_byte(p, 20 + d2)) AS c2) AS verhoeff_2,
  LATERAL (SELECT get_byte(d, 10 * c2 + get_byte(p, 30 + d3)) AS c3) AS verhoeff_3,
  LATERAL (SELECT get_byte(d, 10 * c3 + get_byte(p, 40 + d4)) AS c4) AS verhoeff_4,
  LATERAL (SELECT get_byte(d, 10 * c4 + get_byte(p, 50 + d5)) AS c5) AS verhoeff_5,
  LATERAL (SELECT get_byte(d, 10 * c5 + get_byte(p, 60 + d6)) AS c6) AS verhoeff_6,
  LATERAL (SELECT get_byte(d, 10 * c6 + get_byte(p, 70 + d7)) AS c7) AS verhoeff_7,
  LATERAL (SELECT get_byte(d, 10 * c7 + get_byte(p, 0 + d8)) AS c8) AS verhoeff_8,
  LATERAL (SELECT get_byte(d, 10 * c8 + get_byte(p, 10 + d9)) AS c9) AS verhoeff_9,
  LATERAL (SELECT get_byte(d, 10 * c9 + get_byte(p, 20 + d10)) AS c10) AS verhoeff_10,
  LATERAL (SELECT get_byte(d, 10 * c10 + get_byte(p, 30 + d11)) AS c11) AS verhoeff_11
  OFFSET 0
) AS computed
GROUP BY number
