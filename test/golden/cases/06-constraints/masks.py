{
    "dictionary": [
        {"schema": "public", "table": "people", "fields": {
            "email": "md5(email)",         # never NULL: seen without asking
            "nick": "nullif(nick, 'x')",   # may be NULL: asked
            "age": "age / 2",
            "country": "upper(country)",
        }},
        {"schema": "public", "table": "refers_full", "fields": {"x": "md5(x)"}},
        {"schema": "public", "table": "not_valid", "fields": {"v": "-1"}},
    ],
}
