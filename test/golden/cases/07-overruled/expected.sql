COPY (
SELECT
  id,
  email,
  (NULL)::text AS phone
FROM ONLY public.users
) TO STDOUT;

-- rule-overruled: masks.py:3:69 public.users.email: This rule does not apply here: another one is nearer to the table, and it leaves the column unmasked.

-- column-unknown: masks.py:3:90 ssn: No table that answers to /*/./*/ has the column ssn.

-- column-unknown: masks.py:4:83 public.users.fax: No table that answers to public.users has the column fax.

-- rule-unmatched: masks.py:5:9: No table answers to public.a_view. public.a_view is a view, which has no rows of its own to dump.

-- rule-unmatched: masks.py:6:9: No table answers to public.nowhere.
