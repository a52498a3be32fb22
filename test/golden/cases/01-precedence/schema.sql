CREATE TABLE public.users (id int PRIMARY KEY, email text, name text, note text);
CREATE TABLE public.clients (id int PRIMARY KEY, email text, name text);
CREATE SCHEMA tenant_a;
CREATE TABLE tenant_a.users (id int, email text);
CREATE SCHEMA tenant_b;
CREATE TABLE tenant_b.users (id int, email text);
CREATE SCHEMA kept;
CREATE TABLE kept.a (x int);
CREATE TABLE kept.b (x int);
