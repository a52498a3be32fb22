CREATE TABLE public.countries (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE public.people (
  id int PRIMARY KEY,
  email text NOT NULL UNIQUE,
  nick text NOT NULL,
  age int CHECK (age BETWEEN 0 AND 150),
  country text REFERENCES public.countries,
  shout text GENERATED ALWAYS AS (upper(nick)) STORED UNIQUE,
  CONSTRAINT "whole row" CHECK (people.* IS NOT NULL OR true)
);
CREATE UNIQUE INDEX people_lower_nick ON public.people (lower(nick), country) WHERE age > 17;
CREATE TABLE public.untouched (id int PRIMARY KEY, person int REFERENCES public.people, v int CHECK (v > 0));
CREATE TABLE public.full_match (a text, b int, c text);
ALTER TABLE public.full_match ADD UNIQUE (c, b);
CREATE TABLE public.refers_full (x text, y int, FOREIGN KEY (x, y) REFERENCES public.full_match (c, b) MATCH FULL);
CREATE TABLE public.not_valid (v int);
ALTER TABLE public.not_valid ADD CHECK (v > 0) NOT VALID;
