{
    "dictionary": [
        {"schema_mask": "*", "table_mask": "*", "fields": {"email": "'first mask'"}},
        {"schema": "public", "table": "users", "fields": {"email": "md5(email)", "name": "'n'"}},
        {"schema_mask": "^tenant_", "table_mask": "user", "fields": {"email": "'last mask'"}},
        {"schema": "kept", "table": "a", "fields": {"x": "x + 1"}},
    ],
    "dictionary_exclude": [
        {"schema_mask": "^kept$", "table_mask": "*"},
        {"schema": "public", "table": "clients"},
    ],
}
