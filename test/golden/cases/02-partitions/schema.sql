CREATE TABLE public.events (id int, at date, who text, what text) PARTITION BY RANGE (at);
CREATE TABLE public.events_old PARTITION OF public.events FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE public.events_new PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)
  PARTITION BY HASH (id);
CREATE TABLE public.events_new_0 PARTITION OF public.events_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.events_new_1 PARTITION OF public.events_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE public.parent (a int NOT NULL, b text);
CREATE TABLE public.child (c text) INHERITS (public.parent);
CREATE TYPE public.colour AS ENUM ('red', 'green');
CREATE TABLE public.by_colour (c public.colour, v text) PARTITION BY HASH (c);
CREATE TABLE public.by_colour_0 PARTITION OF public.by_colour FOR VALUES WITH (MODULUS 1, REMAINDER 0);
