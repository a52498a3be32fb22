import { z } from 'zod'
import { Fault } from '../lib/fault.ts'
import type { DictionarySource } from './source.ts'

/** The first ten are the detection's, the others say who else decided. */
const EVIDENCE_KINDS = [
  'name',
  'values',
  'checksum',
  'vocabulary',
  'shape',
  'inside',
  'keys',
  'type',
  'empty',
  'context',
  'dictionary',
  'function',
  'constant',
  'regex',
  'foreign-key',
  'not-scanned',
] as const

/** What says that a column holds personal data. Names and counts, and never a value. */
const evidenceSchema = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  /** In words, for people. */
  text: z.string(),
})

const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** `passed-over`: nothing was asked about it, by rule, by type, or because nothing personal fits in. */
  status: z.enum(['sensitive', 'harmless', 'not-scanned', 'passed-over']),
  entity: z.string().nullable(),
  category: z.string().nullable(),
  /** From 0 to 1. */
  confidence: z.number().nullable(),
  evidence: z.array(evidenceSchema),
  /** The SQL expression that will stand in the place of its values. */
  rule: z.string().nullable(),
})

const tableSchema = z.object({
  schema: z.string(),
  table: z.string(),
  /** The planner's estimate; -1 where the table was never analyzed. */
  estimatedRows: z.number(),
  /** Structure, and what moves when rows change; null where the server does not tell. */
  fingerprint: z.string().nullable(),
  columns: z.array(columnSchema),
})

const reportSchema = z.object({
  format: z.literal('pgveil scan report 1'),
  createdAt: z.iso.datetime(),
  database: z.string(),
  mode: z.enum(['partial', 'full']),
  /** Of a partial scan. */
  rows: z.number().nullable(),
  /** A hash of what was looked for: the dictionaries, the detection, the mode. */
  lookedFor: z.string(),
  tables: z.array(tableSchema),
})

export type ScanReport = z.infer<typeof reportSchema>
export type ReportedTable = z.infer<typeof tableSchema>
export type ReportedColumn = z.infer<typeof columnSchema>
export type ReportedEvidence = z.infer<typeof evidenceSchema>

export const REPORT_FORMAT = 'pgveil scan report 1'

/** Reads the JSON report of an earlier scan. Throws `report-unreadable`. */
export function readScanReport(source: DictionarySource): ScanReport {
  const invalid = (message: string) =>
    new Fault('report-unreadable', message, {
      place: { file: source.name },
      remedy: 'Give the .json file that an earlier create-dict wrote with --report.',
    })
  let value: unknown
  try {
    value = JSON.parse(source.text)
  } catch {
    throw invalid('The report is not JSON.')
  }
  const parsed = reportSchema.safeParse(value)
  if (!parsed.success) throw invalid('The file is no report of a scan.')
  return parsed.data
}
