-- Names in many scripts, and functions that make people of them. They live in a temporary schema and are gone with the
-- session: nothing of them is in the copy's structure.
CREATE TEMPORARY TABLE given_name (number int GENERATED ALWAYS AS IDENTITY (MINVALUE 0), script int, name text);
CREATE TEMPORARY TABLE family_name (number int GENERATED ALWAYS AS IDENTITY (MINVALUE 0), script int, name text);

INSERT INTO given_name (script, name)
SELECT script, name
FROM (VALUES
  (0, 'Amelia,Oliver,Harriet,Rupert,Imogen,Clara,Felix,Greta,Jonas,Wanda,Élodie,Théo,Beatriz,Iñaki,Søren,Åsa'),
  (1, 'Агата,Богдан,Валерия,Глеб,Злата,Мирон,Ярослава,Тимур'),
  (2, 'Αλεξάνδρα,Δημήτρης,Ευγενία,Νικόλας,Σοφία,Χρήστος'),
  (3, 'ليلى,يوسف,سلمى,طارق,نورا,كريم'),
  (4, 'נועה,איתן,תמר,יונתן'),
  (5, 'आरव,काव्या,रोहन,मीरा,ईशान'),
  (6, '美咲,蓮,結衣,翔太,さくら'),
  (7, '秀英,建国,丽华,子轩,雨欣'),
  (8, '민준,서연,지호,하윤'),
  (9, 'Nguyệt,Đức,Hương,Tuấn'),
  (10, 'สมชาย,กานดา,ปรีชา')
) AS scripts (script, list), LATERAL unnest(string_to_array(list, ',')) AS name;

INSERT INTO family_name (script, name)
SELECT script, name
FROM (VALUES
  (0, 'Ashdown,Whitlock,O''Malley,Pemberton,Krähenbühl,Żurawska,Lindqvist,Ferreira,Garçon,Núñez,Dvořáková,van der Meer'),
  (1, 'Соколова,Вершинин,Лебедева,Журавлёв,Кузнецова'),
  (2, 'Παπαδοπούλου,Οικονόμου,Γεωργίου,Αντωνίου'),
  (3, 'الحداد,منصور,الشريف,قاسم'),
  (4, 'לוי,ברקוביץ,שפירא'),
  (5, 'शर्मा,वर्मा,चौधरी,अय्यर'),
  (6, '佐々木,高橋,小林,渡辺'),
  (7, '王,欧阳,陈,司马'),
  (8, '김,박,남궁'),
  (9, 'Trần,Phạm,Đặng'),
  (10, 'ศรีสุข,วงศ์สวัสดิ์')
) AS scripts (script, list), LATERAL unnest(string_to_array(list, ',')) AS name;

-- A number from 0 below `below`, the same for the same person and question in every run.
CREATE FUNCTION pg_temp.pick(person bigint, question text, below int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT ((hashtextextended(question, person) & 2147483647) % below)::int
$$;

-- Sixteen digits of a card that nobody was ever given (the range 9999 is no issuer's), with a valid check digit.
CREATE FUNCTION pg_temp.card_number(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  WITH body AS (SELECT '9999' || lpad(pg_temp.pick(person, 'card', 2000000000)::text, 11, '0') AS digits)
  SELECT digits || ((10 - sum(
    CASE WHEN position % 2 = 1 THEN (2 * digit) / 10 + (2 * digit) % 10 ELSE digit END
  ) % 10) % 10)
  FROM body, LATERAL (
    SELECT position, substr(digits, position, 1)::int AS digit FROM generate_series(1, 15) AS position
  ) AS places
  GROUP BY digits
$$;

CREATE TEMPORARY TABLE person AS
SELECT
  number,
  script,
  CASE
    -- Family names come first where their script is written so.
    WHEN script IN (6, 7, 8) THEN family || ' ' || given
    ELSE given || ' ' || family
  END || CASE WHEN pg_temp.pick(number, 'suffix', 3) = 0 THEN '' ELSE ' ' || upper(to_hex(number)) END AS full_name,
  CASE
    WHEN script = 0 AND given ~ '^[A-Za-z]+$' THEN lower(given) ELSE 'user'
  END || '.' || number || '@' || (ARRAY['example.com', 'example.org', 'example.net'])[1 + number % 3] AS email,
  '+' || (ARRAY['1', '44', '49', '81', '91'])[1 + number % 5] || ' 555 '
    || lpad(((number::bigint * 7919) % 10000000)::text, 7, '0') AS phone,
  date '1945-01-01' + pg_temp.pick(number, 'birth', 22000) AS birth_date,
  pg_temp.card_number(number) AS card_number
FROM (
  SELECT
    number,
    script,
    (SELECT array_agg(g.name ORDER BY g.number) FROM given_name g WHERE g.script = p.script)[1 + pg_temp.pick(
      number, 'given', (SELECT count(*)::int FROM given_name g WHERE g.script = p.script))] AS given,
    (SELECT array_agg(f.name ORDER BY f.number) FROM family_name f WHERE f.script = p.script)[1 + pg_temp.pick(
      number, 'family', (SELECT count(*)::int FROM family_name f WHERE f.script = p.script))] AS family
  FROM (
    SELECT number, CASE WHEN number % 2 = 0 THEN 0 ELSE pg_temp.pick(number, 'script', 11) END AS script
    FROM generate_series(1, 30300) AS number
  ) AS p
) AS named;
