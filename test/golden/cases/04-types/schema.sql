CREATE SCHEMA shop;
CREATE TYPE shop."Grade" AS ENUM ('a', 'b');
CREATE DOMAIN shop.percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE shop.everything (
  c1 varchar(20), c2 char(3), c3 numeric(10, 2), c4 shop."Grade", c5 shop.percent, c6 int[], c7 shop."Grade"[],
  c8 timestamp(3) with time zone, c9 bit varying(5), c10 interval day to second (3), c11 "char", c12 json, c13 text,
  generated text GENERATED ALWAYS AS (upper(c13)) STORED
);
CREATE TABLE shop.with_regclass (id int, r regclass, secret text);
