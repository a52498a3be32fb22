{
    "dictionary": [
        {"schema": "public", "table": "events", "fields": {"who": "md5(who)", "at": "at - 1"}},
        {"schema": "public", "table": "events_new_1", "fields": {"what": "NULL"}},
        {"schema": "public", "table_mask": "_old$", "fields": {"what": "'a mask does not win over the table above'"}},
        {"schema": "public", "table": "parent", "fields": {"b": "'parent and children'"}},
        {"schema": "public", "table": "by_colour", "fields": {"v": "'x'"}},
    ],
}
