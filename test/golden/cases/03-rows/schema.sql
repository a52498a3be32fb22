CREATE TABLE public.orders (id int PRIMARY KEY, customer text, at timestamptz);
CREATE TABLE public.report (id int, "Total" numeric(10, 2), made date);
CREATE TABLE public.lines (order_id int NOT NULL REFERENCES public.orders, n int);
CREATE TABLE public.log (id int, line text);
CREATE TABLE public.copied (id int, line text);
