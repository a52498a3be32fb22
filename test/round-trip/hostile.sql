-- A database that has everything at once: names that break naive quoting, every built-in type with values at its
-- edges, and every kind of object that a dump has to get right. It runs on PostgreSQL 13 to 18.

-- Names -------------------------------------------------------------------------------------------------------------
CREATE SCHEMA "We""ird Schéma %s";
CREATE SCHEMA "UPPER";
CREATE TABLE "We""ird Schéma %s"."ta""ble 'x' \ $1 %I" (
  "co""l 'a' \b" text,
  "%s %I" int,
  "UPPER" text,
  "наименование" text,
  "a123456789012345678901234567890123456789012345678901234567890bc" text,
  "select" text,
  " lead" text,
  "tab	tab" text,
  "new
line" text,
  "dot.dot" text,
  ":HOST" text
);
INSERT INTO "We""ird Schéma %s"."ta""ble 'x' \ $1 %I"
VALUES ('a''b\c', 1, 'U', 'имя', '63', 's', 'l', 't', 'n', 'd', 'h'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "UPPER"."Table" ("Id" serial PRIMARY KEY, "Value" text UNIQUE, "dollar$" text DEFAULT 'x$y$');
INSERT INTO "UPPER"."Table" ("Value") VALUES ('one'), ('two');
CREATE TABLE public."😀 emoji" ("😀" text);
INSERT INTO public."😀 emoji" VALUES ('😀');
-- A byte order mark, which readers of text like to take away, and the character that stands for what is no text.
CREATE TABLE public.U&"\FEFFmark" (U&"\FEFFmark" text DEFAULT U&'\FEFF', U&"no \FFFD text" text);
INSERT INTO public.U&"\FEFFmark" VALUES (U&'\FEFFm', U&'\FFFD'), (DEFAULT, NULL);
COMMENT ON TABLE public.U&"\FEFFmark" IS U&'\FEFFmark \FFFD';

-- Types -------------------------------------------------------------------------------------------------------------
CREATE TYPE public.mood AS ENUM ('sad', 'o''k', 'Very Happy');
CREATE TYPE public.pair AS (a int, "B b" text);
CREATE TYPE public.nested AS (p public.pair, list int[]);
CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);
CREATE DOMAIN public.not_empty AS varchar(20) NOT NULL CHECK (VALUE <> '');
CREATE DOMAIN public.moods AS public.mood[];
CREATE TYPE public.float_range AS RANGE (subtype = float8, subtype_diff = float8mi);

CREATE TABLE public.all_types (
  id int PRIMARY KEY,
  c_smallint smallint, c_bigint bigint, c_numeric numeric, c_numeric_typmod numeric(12, 3), c_real real,
  c_double double precision, c_money money, c_text text, c_varchar varchar(30), c_char char(5), c_plain_char "char",
  c_name name, c_bytea bytea, c_timestamp timestamp(3), c_timestamptz timestamptz, c_date date, c_time time,
  c_timetz timetz, c_interval interval, c_interval_typmod interval day to second (2), c_bool boolean, c_mood public.mood,
  c_point point, c_line line, c_lseg lseg, c_box box, c_path path, c_polygon polygon, c_circle circle, c_inet inet,
  c_cidr cidr, c_macaddr macaddr, c_macaddr8 macaddr8, c_bit bit(5), c_varbit varbit(9), c_tsvector tsvector,
  c_tsquery tsquery, c_uuid uuid, c_xml xml, c_json json, c_jsonb jsonb, c_jsonpath jsonpath, c_int4range int4range,
  c_numrange numrange, c_tstzrange tstzrange, c_daterange daterange, c_float_range public.float_range,
  c_pg_lsn pg_lsn, c_oid oid, c_regclass regclass, c_regtype regtype, c_regproc regprocedure, c_regclasses regclass[],
  c_pair public.pair, c_nested public.nested, c_pairs public.pair[], c_positive public.positive,
  c_not_empty public.not_empty DEFAULT 'x', c_moods public.moods, c_ints int[], c_matrix int[][], c_texts text[]
);
INSERT INTO public.all_types VALUES (
  1, -32768, 9223372036854775807, 123456789012345678901234567890.123456789, -999999999.999, 3.4028235e38,
  1.7976931348623157e308, '-$1,234.56', E'tab\tnewline\nreturn\rback\\slash\\.\\N''quote"', E'\\.', 'ab', 'z',
  'a name', '\x00ff5c2e', '0044-03-15 12:00:00.123 BC', 'infinity', '-infinity', '24:00:00', '23:59:59.999999+15:59',
  '-1 year 2 mons -3 days 04:05:06.789', '5 days 06:07:08.99', true, 'Very Happy', '(1.5,-2)', '{1,2,3}', '[(0,0),(1,1)]',
  '(2,2),(0,0)', '[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '<(1,1),5>', '10.1.2.3/24', '10.0.0.0/8',
  '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', B'10101', B'110', 'fat:2A cat:3', 'fat & (rat | cat:*)',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '<a b="c">&amp;</a>', '{"a":  1, "a": 2}', '{"b": [1, null, "\u00e9"]}',
  '$.a[*] ? (@ > 1)', '[1,10)', '(,5.5]', '["2020-01-01 00:00+00","infinity")', 'empty', '[1.5,NaN)', '16/B374D848',
  4294967295, 'public.all_types', 'public.mood', 'pg_catalog.length(text)', ARRAY['public.all_types', 'pg_class']::regclass[],
  ROW(1, 'x,"y"'), ROW(ROW(2, NULL), ARRAY[1, 2]), ARRAY[ROW(1, NULL), NULL]::public.pair[], 5, 'not empty',
  ARRAY['sad', 'o''k']::public.mood[], '[-1:1]={1,NULL,3}', '{{1,2},{3,4}}', ARRAY['', NULL, 'NULL', 'a,b', '{}', '"q"', E'\\']
);
INSERT INTO public.all_types VALUES (
  2, 0, 0, 'NaN', 0, 'NaN', '-Infinity', 0, '', '', '', '', '', '', 'epoch', '2001-02-03 04:05:06.123456+00', '4713-01-01 BC',
  '00:00', '00:00+00', '0', '0', false, 'sad', '(0,0)', '{0,1,0}', '[(0,0),(0,0)]', '(0,0),(0,0)', '((0,0))', '((0,0))',
  '<(0,0),0>', '::1', '::/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00', B'00000', B'', '', 'a', '00000000-0000-0000-0000-000000000000',
  '', 'null', 'null', '$', 'empty', 'empty', 'empty', 'empty', 'empty', '0/0', 0, 'pg_class', 'int4', 'pg_catalog.now()', '{}',
  NULL, NULL, '{}', 1, 'x', '{}', '{}', '{}', '{}'
);
INSERT INTO public.all_types (id) VALUES (3);
INSERT INTO public.all_types (id, c_text, c_jsonb)
VALUES (4, repeat('x', 1048576), jsonb_build_object('long', repeat('é', 300000)));

-- Tables ------------------------------------------------------------------------------------------------------------
CREATE TABLE public.no_columns ();
INSERT INTO public.no_columns DEFAULT VALUES;
INSERT INTO public.no_columns DEFAULT VALUES;
CREATE TABLE public.empty_table (a int, b text);
CREATE TABLE public.dropped_column (a int, gone text, b text);
INSERT INTO public.dropped_column VALUES (1, 'gone', 'b');
ALTER TABLE public.dropped_column DROP COLUMN gone;
ALTER TABLE public.dropped_column ADD COLUMN c int DEFAULT 7;
CREATE UNLOGGED TABLE public.unlogged (a int);
INSERT INTO public.unlogged VALUES (1), (2);

CREATE TABLE public.identity_always (id int GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5), v text);
INSERT INTO public.identity_always (v) VALUES ('a'), ('b');
CREATE TABLE public.identity_default (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text);
INSERT INTO public.identity_default (v) VALUES ('a');
CREATE TABLE public.generated_columns (
  a int, doubled int GENERATED ALWAYS AS (a * 2) STORED, b text, "Shout" text GENERATED ALWAYS AS (upper(b)) STORED UNIQUE
);
INSERT INTO public.generated_columns (a, b) VALUES (1, 'x'), (NULL, NULL);

CREATE SEQUENCE public.lone_sequence INCREMENT -3 MAXVALUE 100 START 100 CYCLE CACHE 5;
SELECT nextval('public.lone_sequence');
CREATE SEQUENCE public."never Called";
CREATE SEQUENCE public.set_not_called;
SELECT setval('public.set_not_called', 44, false);

-- Partitions: range with sub-partitions by list, list with a default, hash, hash over an enum ------------------------
CREATE TABLE public.measurements (at date NOT NULL, region text NOT NULL, value int) PARTITION BY RANGE (at);
CREATE TABLE public.measurements_2025 PARTITION OF public.measurements
  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (region);
CREATE TABLE public.measurements_2025_eu PARTITION OF public.measurements_2025 FOR VALUES IN ('eu', 'E''U');
CREATE TABLE public.measurements_2025_rest PARTITION OF public.measurements_2025 DEFAULT;
-- The columns of this one stand in another order.
CREATE TABLE public.measurements_2026 (value int, region text NOT NULL, extra int, at date NOT NULL);
ALTER TABLE public.measurements_2026 DROP COLUMN extra;
ALTER TABLE public.measurements ATTACH PARTITION public.measurements_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX measurements_value ON public.measurements (value);
CREATE UNIQUE INDEX measurements_unique ON public.measurements (at, region, value);
INSERT INTO public.measurements
SELECT date '2025-01-01' + i, (ARRAY['eu', 'us', 'E''U'])[1 + i % 3], i FROM generate_series(0, 600) AS i;
CREATE TABLE public.by_hash (id int PRIMARY KEY, v text) PARTITION BY HASH (id);
CREATE TABLE public.by_hash_0 PARTITION OF public.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.by_hash_1 PARTITION OF public.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO public.by_hash SELECT i, 'v' || i FROM generate_series(1, 50) AS i;
CREATE TABLE public.by_enum_hash (m public.mood, v int) PARTITION BY HASH (m);
CREATE TABLE public.by_enum_hash_0 PARTITION OF public.by_enum_hash FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE public.by_enum_hash_1 PARTITION OF public.by_enum_hash FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE public.by_enum_hash_2 PARTITION OF public.by_enum_hash FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO public.by_enum_hash SELECT (enum_range(NULL::public.mood))[1 + i % 3], i FROM generate_series(1, 30) AS i;
CREATE TABLE public.references_partitioned (id int REFERENCES public.by_hash);
INSERT INTO public.references_partitioned SELECT id FROM public.by_hash WHERE id < 5;

-- Inheritance -------------------------------------------------------------------------------------------------------
CREATE TABLE public.parent (a int NOT NULL, b text DEFAULT 'p');
CREATE TABLE public.child (c int) INHERITS (public.parent);
CREATE TABLE public.grandchild (d int) INHERITS (public.child);
INSERT INTO public.parent VALUES (1, 'parent');
INSERT INTO public.child VALUES (2, 'child', 20);
INSERT INTO public.grandchild VALUES (3, 'grandchild', 30, 300);

-- Keys: deferrable, circular, composite, self, NOT VALID, MATCH FULL --------------------------------------------------
CREATE TABLE public.circle_a (id int PRIMARY KEY, b int NOT NULL);
CREATE TABLE public.circle_b (id int PRIMARY KEY, a int NOT NULL REFERENCES public.circle_a DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE public.circle_a ADD FOREIGN KEY (b) REFERENCES public.circle_b DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO public.circle_a VALUES (1, 2), (3, 4);
INSERT INTO public.circle_b VALUES (2, 1), (4, 3);
COMMIT;
CREATE TABLE public.tree (id int PRIMARY KEY, parent int REFERENCES public.tree ON DELETE CASCADE);
INSERT INTO public.tree VALUES (1, NULL), (2, 1), (3, 2);
CREATE TABLE public.composite_key (a int, b text, PRIMARY KEY (b, a));
CREATE TABLE public.composite_reference (
  x text, y int, FOREIGN KEY (x, y) REFERENCES public.composite_key (b, a) MATCH FULL ON UPDATE CASCADE
);
INSERT INTO public.composite_key VALUES (1, 'one'), (2, 'two');
INSERT INTO public.composite_reference VALUES ('one', 1), (NULL, NULL);
CREATE TABLE public.not_valid (a int);
INSERT INTO public.not_valid VALUES (-1), (99);
ALTER TABLE public.not_valid ADD CONSTRAINT not_negative CHECK (a >= 0) NOT VALID;
ALTER TABLE public.not_valid ADD CONSTRAINT not_valid_key FOREIGN KEY (a) REFERENCES public.tree NOT VALID;

-- Constraints and indexes ---------------------------------------------------------------------------------------------
CREATE TABLE public.exclusive (during tsrange, EXCLUDE USING gist (during WITH &&));
INSERT INTO public.exclusive VALUES ('[2020-01-01,2020-02-01)'), ('[2020-02-01,2020-03-01)');
CREATE FUNCTION public.is_even(i int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i % 2 = 0';
CREATE TABLE public.checked (
  a int CHECK (public.is_even(a)), b text, CONSTRAINT "whole row" CHECK (a IS NOT NULL OR b IS NOT NULL)
);
INSERT INTO public.checked VALUES (2, 'x'), (4, NULL);
CREATE UNIQUE INDEX checked_expression ON public.checked (lower(b)) WHERE a > 0;
CREATE INDEX checked_include ON public.checked (a) INCLUDE (b);
CREATE STATISTICS public.checked_statistics (dependencies) ON a, b FROM public.checked;

-- Row security, rules, triggers, event triggers, policies ------------------------------------------------------------
DO $$ BEGIN CREATE ROLE hostile_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE public.secured (id int, owner name);
INSERT INTO public.secured VALUES (1, 'alice'), (2, 'bob');
ALTER TABLE public.secured ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.secured FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON public.secured TO hostile_reader USING (owner = current_user);
GRANT SELECT (id) ON public.secured TO hostile_reader;
GRANT SELECT ON "UPPER"."Table" TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA "UPPER" GRANT SELECT ON TABLES TO hostile_reader;
CREATE TABLE public.log (at timestamptz DEFAULT '2020-01-01', what text);
CREATE TABLE public.triggered (a int);
CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO public.log (what) VALUES (TG_OP || ' on ' || TG_TABLE_NAME);
  RETURN NEW;
END $f$;
CREATE TRIGGER note_insert AFTER INSERT ON public.triggered FOR EACH ROW EXECUTE FUNCTION public.note();
INSERT INTO public.triggered VALUES (1), (2);
CREATE RULE divert AS ON INSERT TO public.empty_table WHERE NEW.a < 0 DO INSTEAD NOTHING;
CREATE FUNCTION public.watch_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER watch_ddl ON ddl_command_start EXECUTE FUNCTION public.watch_ddl();

-- Views -------------------------------------------------------------------------------------------------------------
CREATE VIEW public.v1 AS SELECT id, parent FROM public.tree;
CREATE VIEW public.v2 AS SELECT v1.id, t."Value" FROM public.v1 LEFT JOIN "UPPER"."Table" t ON t."Id" = v1.id;
CREATE MATERIALIZED VIEW public.m_z AS SELECT id FROM public.v1;
CREATE MATERIALIZED VIEW public.m_a AS SELECT count(*) AS n FROM public.m_z;
CREATE VIEW public.v_over_m AS SELECT * FROM public.m_a;
CREATE MATERIALIZED VIEW public.m_b AS SELECT * FROM public.v_over_m;
CREATE MATERIALIZED VIEW public.m_unpopulated AS SELECT 1 AS one WITH NO DATA;
CREATE UNIQUE INDEX ON public.m_z (id);

-- Foreign data, publications, comments, functions, aggregates, casts, operators, text search --------------------------
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far TYPE 'x' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'far.example', password 'server-secret', dbname 'd');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS ("user" 'someone', password 'mapping-secret''quoted');
CREATE FOREIGN TABLE public.foreign_table (a int) SERVER far OPTIONS (table_name 'x');
CREATE PUBLICATION published FOR TABLE public.tree, "UPPER"."Table";
COMMENT ON TABLE public.tree IS 'It''s a "tree" \ with $1';
COMMENT ON COLUMN "UPPER"."Table"."Value" IS 'a value';
CREATE FUNCTION public.body() RETURNS text LANGUAGE plpgsql AS $body$ BEGIN RETURN $q$ '; -- $q$; END $body$;
CREATE AGGREGATE public.my_sum (int) (SFUNC = int4pl, STYPE = int);
CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE TEXT SEARCH CONFIGURATION public.my_config (COPY = pg_catalog.simple);
CREATE PROCEDURE public.do_nothing() LANGUAGE sql AS '';

-- Much of one thing: several gzip members in one data file ------------------------------------------------------------
CREATE TABLE public.many_rows AS
SELECT i AS id, md5(i::text) AS hash, repeat(chr(97 + i % 26), i % 90) AS filler FROM generate_series(1, 40000) AS i;
