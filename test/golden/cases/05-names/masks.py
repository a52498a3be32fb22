{
    "dictionary": [
        {"schema": 'We"ird %s', "table": "ta\"ble 'x'", "fields": {'co"l': '"co""l" || \'%s\'', "select": "'$1'"}},
        {"schema": "public", "table": "user", "fields": {"имя": "'имя ' || \"order\""}},
    ],
}
