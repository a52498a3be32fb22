# The dictionary of `pgveil demo`: every personal column of the sample shop under sql/demo/.
#
# A rule is an SQL expression over the columns of its row. Its result is cast to the type of the column.
{
    "dictionary": [
        {
            "schema": "shop",
            "table": "customers",
            "fields": {
                # Different customers keep different addresses: the column is UNIQUE.
                "email": "left(anon_funcs.digest(email, 'demo-salt', 'sha256'), 24) || '@masked.invalid'",
                # The same name gives the same pseudonym in every table.
                "full_name": "'Name ' || left(anon_funcs.digest(full_name, 'demo-salt', 'sha256'), 12)",
                "phone": "anon_funcs.random_phone('+999 ')",
                "birth_date": "anon_funcs.dnoise(birth_date, '180 days')",
                "profile": "jsonb_build_object('language', profile -> 'language')",
            },
        },
        {
            "schema": "shop",
            "table": "addresses",
            "fields": {
                "recipient": "'Name ' || left(anon_funcs.digest(recipient, 'demo-salt', 'sha256'), 12)",
                "street": "'Street ' || anon_funcs.random_int_between(1, 200)",
                "postal_code": "anon_funcs.partial(postal_code, 2, '000', 0)",
            },
        },
        {
            "schema": "shop",
            "table": "payments",
            "fields": {
                "card_holder": "'Name ' || left(anon_funcs.digest(card_holder, 'demo-salt', 'sha256'), 12)",
                "card_number": "anon_funcs.partial(card_number, 0, '************', 4)",
            },
        },
        {
            "schema": "shop",
            "table": "tickets",
            "fields": {
                "subject": "'Ticket ' || id",
                "body": "'[' || length(body) || ' characters]'",
            },
        },
        # A rule for a partitioned table holds for its partitions.
        {
            "schema": "shop",
            "table": "events",
            "fields": {
                "address": "set_masklen(network(set_masklen(address, 24))::inet, 32)",
                "details": "NULL",
            },
        },
        # Masks are regular expressions: every table of the schema staff that has these columns.
        {
            "schema_mask": "^staff$",
            "table_mask": "*",
            "fields": {
                "full_name": "'Employee ' || id",
                "email": "'employee.' || id || '@masked.invalid'",
                "phone": "NULL",
                "salary": "anon_funcs.noise(salary, 0.3)",
            },
        },
    ],
}
