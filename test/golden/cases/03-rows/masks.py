{
    "dictionary": [
        {"schema": "public", "table": "orders", "fields": {"customer": "SQL:(SELECT 'x' || orders.id)"}, "sql_condition": """
            WHERE at > '2025-01-01' -- this year
              AND id <> 7"""},
        {"schema": "public", "table": "report", "raw_sql": "SELECT made, id, 0 AS \"Total\" FROM public.report WHERE id < 5;"},
    ],
    "dictionary_exclude": [{"schema": "public", "table": "log"}],
}
