import { z } from 'zod'

/** Name of the file beside toc.dat. It is written last: a folder without it is no archive of pgveil. */
export const MANIFEST_FILE = 'manifest.json'
export const TOC_FILE = 'toc.dat'

/** Of so many bytes of a file each has a checksum of its own, so that many threads can read a large file again. */
export const SUMMED_BYTES = 32 * 1024 * 1024

/** SHA-256 of every SUMMED_BYTES of a file, hexadecimal; of an empty file that of nothing. */
const sumsSchema = z.array(z.string()).readonly()

/** A part without a sum would never be looked at. */
function hasAllSums(file: {
  readonly fileBytes: number
  readonly sha256: readonly string[] | null
}): boolean {
  return file.sha256 === null || file.sha256.length === Math.max(1, Math.ceil(file.fileBytes / SUMMED_BYTES))
}

const SUMS_MISSING = 'a file has another number of checksums than parts'

/** What a manifest says of one table's rows. */
const tableSchema = z
  .object({
    schema: z.string(),
    name: z.string(),
    /** Data file in the folder; null where the rows were left out. */
    file: z.string().nullable(),
    rows: z.number().int().nonnegative(),
    /** Bytes of COPY text, before compression. */
    bytes: z.number().int().nonnegative(),
    /** Bytes of the file. */
    fileBytes: z.number().int().nonnegative(),
    /** Null in a stream, which cannot be read again. */
    sha256: sumsSchema.nullable(),
    columns: z.array(z.string()),
    /** Which columns were masked, by which rule of which dictionary; constants of the rule (a salt) do not appear. */
    masked: z.array(z.object({ column: z.string(), rule: z.string(), place: z.string() })),
    /** `filtered` by a condition, `replaced` by a query of the dictionary, `left-out` by dictionary_exclude. */
    rowPolicy: z.enum(['all', 'filtered', 'replaced', 'left-out']),
  })
  .refine(hasAllSums, SUMS_MISSING)

const fileSchema = z
  .object({ file: z.string(), fileBytes: z.number().int().nonnegative(), sha256: sumsSchema })
  .refine(hasAllSums, SUMS_MISSING)

export const manifestSchema = z.object({
  format: z.literal('pgveil-archive'),
  formatVersion: z.literal(1),
  pgveilVersion: z.string(),
  /** What the archive holds. */
  content: z.enum(['full', 'structure', 'data']),
  createdAt: z.string(),
  source: z.object({
    database: z.string(),
    databaseOid: z.number(),
    systemIdentifier: z.string().nullable(),
    serverVersion: z.string(),
    serverMajor: z.number().int(),
    encoding: z.string(),
  }),
  pgDumpVersion: z.string(),
  /** The snapshot that every statement of the dump saw. */
  snapshot: z.string(),
  dictionaries: z.array(z.object({ name: z.string(), sha256: z.string() })),
  toc: z.object({ fileBytes: z.number().int(), sha256: z.string() }),
  tables: z.array(tableSchema),
  /** Other files of the archive: large objects. */
  files: z.array(fileSchema),
  /** What is in the database and not in the archive, and why. */
  leftOut: z.array(z.string()),
  /** Bytes that the dumped tables take in the source, for the check of disk space. */
  tableBytes: z.number().int().nonnegative(),
})

export type Manifest = z.infer<typeof manifestSchema>
export type TocFigures = Manifest['toc']
export type ManifestFile = z.infer<typeof fileSchema>
export type ManifestTable = z.infer<typeof tableSchema>
