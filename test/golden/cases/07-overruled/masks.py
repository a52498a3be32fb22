{
    "dictionary": [
        {"schema_mask": "*", "table_mask": "*", "fields": {"email": "md5(email)", "ssn": "NULL"}},
        {"schema": "public", "table": "users", "fields": {"phone": "NULL", "fax": "NULL"}},
        {"schema": "public", "table": "a_view", "fields": {"x": "NULL"}},
        {"schema": "public", "table": "nowhere", "fields": {"x": "NULL"}},
    ],
}
