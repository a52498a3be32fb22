CREATE SCHEMA "We""ird %s";
CREATE TABLE "We""ird %s"."ta""ble 'x'" ("co""l" text, "select" text, "UPPER" text, plain text);
CREATE TABLE public."user" ("order" int, "имя" text);
