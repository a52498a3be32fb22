import { z } from 'zod'

/** A column of the labelled set: up to five values, what they are, and whether that is sensitive where it stands. */
const Column = z.object({
  records: z.array(z.string()),
  pii_gt: z.string(),
  sensitivity_gt: z.union([z.literal(0), z.literal(1)]),
})

const LabelledColumns = z.record(z.string(), z.object({ columns: z.record(z.string(), Column) }))

export interface LabelledColumn {
  readonly name: string
  readonly values: readonly string[]
  /** As the set calls it: EMAIL_ADDRESS, None. */
  readonly label: string
  readonly sensitive: boolean
}

export interface LabelledTable {
  readonly name: string
  readonly columns: readonly LabelledColumn[]
}

export const HOW_TO_GET = `Labelled columns are needed: give the file as an argument or in BENCH_LABELLED_COLUMNS.
They come from the project trl-lab/sensitive-data-detection (MIT), whose columns are from GitTables. The file is JSON:
  { "table": { "columns": { "column": { "records": ["…"], "pii_gt": "EMAIL_ADDRESS" or "None", "sensitivity_gt": 0 or 1 } } } }`

/** Reads the file. Tables without columns are left out. */
export async function readLabelledColumns(path: string): Promise<LabelledTable[]> {
  const tables = LabelledColumns.parse(await Bun.file(path).json())
  return Object.entries(tables)
    .map(([name, { columns }]) => ({
      name,
      columns: Object.entries(columns).map(([column, { records, pii_gt, sensitivity_gt }]) => ({
        name: column,
        values: records,
        label: pii_gt,
        sensitive: sensitivity_gt === 1,
      })),
    }))
    .filter(({ columns }) => columns.length > 0)
}
