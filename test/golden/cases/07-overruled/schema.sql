CREATE TABLE public.users (id int, email text, phone text);
CREATE VIEW public.a_view AS SELECT 1 AS x;
