{
    "dictionary": [
        {"schema": "shop", "table": "everything", "fields": {
            "c1": "c13", "c2": "'x'", "c3": "c3 * random()", "c4": "'a'", "c5": "50", "c6": "ARRAY[1]", "c7": "NULL",
            "c8": "now()", "c9": "B'1'", "c10": "'1 day'", "c11": "'x'", "c12": "'{}'", "c13": "md5(c13)",
        }},
        {"schema": "shop", "table": "with_regclass", "fields": {"secret": "md5(secret)"}},
    ],
}
