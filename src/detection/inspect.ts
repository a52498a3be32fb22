import type { Sql } from '../lib/sql.ts'
import type { InspectedColumn } from './columns.ts'
import type { EvidenceOfTable } from './evidence/counts.ts'
import { readEvidence } from './evidence/read.ts'
import { type EvidenceStatement, evidenceStatements, furtherStatements } from './evidence/statements.ts'

/** Runs a statement and gives its rows; json and int4 come as values. */
export type Ask = (statement: Sql) => Promise<readonly Readonly<Record<string, unknown>>[]>

/**
 * Collects the evidence of one table by asking as little as its values call for: one statement, then up to four more for
 * the columns that are worth them. The session behind `ask` was given vocabularySetting() and has an empty search_path.
 */
export async function inspect(
  ask: Ask,
  columns: readonly InspectedColumn[],
  sample: Sql,
): Promise<EvidenceOfTable> {
  const first = await answered(ask, new Map(), evidenceStatements(columns, sample))
  return answered(ask, first, furtherStatements(columns, first, sample))
}

async function answered(
  ask: Ask,
  known: EvidenceOfTable,
  statements: readonly EvidenceStatement[],
): Promise<EvidenceOfTable> {
  let evidence = known
  for (const statement of statements) evidence = readEvidence(evidence, statement, await ask(statement.sql))
  return evidence
}
