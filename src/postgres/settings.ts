import { fromShippedFile, sql } from '../lib/sql.ts'

/**
 * The session settings that pg_dump makes, so that a row prints the same through us. row_security = off makes a table
 * whose policies would hide rows an error, where it would otherwise lose them in silence. A rule's strings must mean
 * what the parser took them for. Compiling a statement (jit) takes 0.3 s for a question to the catalog that is answered
 * in 0.03 s, and the same again for every range of a table. With constraint_exclusion CHECK constraints are computed to plan
 * a SELECT, and so are functions of anybody that they call.
 */
export const DUMP_SETTINGS = fromShippedFile(`
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET DateStyle = ISO;
SET IntervalStyle = postgres;
SET extra_float_digits = 3;
SET synchronize_seqscans = off;
SET row_security = off;
SET jit = off;
SET constraint_exclusion = off;
SET standard_conforming_strings = on;
SET client_min_messages = error`)

/**
 * For a session that waits while others work, or asks what takes its time: a server's timeouts for everybody's statements
 * and transactions (PostgreSQL 17 and later) and for idle sessions (14 and later) must not end it.
 */
export const PATIENT_SETTINGS = fromShippedFile(`
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('idle_session_timeout', 'transaction_timeout')`)

export const EMPTY_SEARCH_PATH = sql`SELECT pg_catalog.set_config('search_path', '', false)`
