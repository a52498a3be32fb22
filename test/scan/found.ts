import type { ScanResult } from '../../src/operations/scan/result.ts'

/** What the sensitive dictionary of a scan says: rules by `schema.table.column`. */
export function rulesOf({ sensitive }: ScanResult): Record<string, string> {
  const { dictionary } = JSON.parse(sensitive) as {
    dictionary: { schema: string; table: string; fields?: Record<string, string> }[]
  }
  return Object.fromEntries(
    dictionary.flatMap(({ schema, table, fields = {} }) =>
      Object.entries(fields).map(([field, rule]) => [`${schema}.${table}.${field}`, rule]),
    ),
  )
}

/** Names of the columns that a scan found, without schema where that is public. */
export function found(result: ScanResult): string[] {
  return Object.keys(rulesOf(result))
    .map((name) => name.replace(/^public\./, ''))
    .sort()
}

export function harmless({ nonSensitive }: ScanResult): string[] {
  const { no_sens_dictionary: tables } = JSON.parse(nonSensitive) as {
    no_sens_dictionary: { schema: string; table: string; fields: string[] }[]
  }
  return tables
    .flatMap(({ schema, table, fields }) => fields.map((field) => `${schema}.${table}.${field}`))
    .map((name) => name.replace(/^public\./, ''))
    .sort()
}
