import { z } from 'zod'
import { TLS_MODES } from '../postgres/connection/target.ts'
import { retentionSchema } from '../storage/retention.ts'
import { COMPRESSIONS } from '../storage/sidecar.ts'

/**
 * What a run is to do, with all that the work needs and nothing of who asked: the form in which it waits, sealed, in the
 * state file and goes to the worker's standard input. A later version of pgveil may read what an earlier one wrote, so it
 * is parsed like anything from outside.
 */
const target = z.object({
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  password: z.string().optional(),
  tls: z.object({
    mode: z.enum(TLS_MODES),
    rootCertificate: z.string().optional(),
    certificate: z.string().optional(),
    key: z.string().optional(),
  }),
  connectTimeout: z.int(),
  options: z.string().optional(),
})

const dictionaries = z.array(z.object({ name: z.string(), text: z.string() }))

const content = z.enum(['full', 'structure', 'data'])

const dumpTask = z.object({
  kind: z.literal('dump'),
  source: target,
  content,
  outputFolder: z.string(),
  /** The output folder of the server, without links: the archive must lie below it. */
  within: z.string().optional(),
  dictionaries,
  onlyTables: dictionaries,
  withoutTables: dictionaries,
  salt: z.string().optional(),
  pgDump: z.string().optional(),
  pgDumpOptions: z.array(z.string()),
  ignorePrivileges: z.boolean(),
  jobs: z.int().optional(),
})

const restoreTask = z.object({
  kind: z.literal('restore'),
  target,
  content,
  inputFolder: z.string(),
  /** As in a dump. */
  within: z.string().optional(),
  onlyTables: dictionaries,
  withoutTables: dictionaries,
  existing: z.enum(['refuse', 'clean', 'drop']),
  dropCustomChecks: z.boolean(),
  pgRestore: z.string().optional(),
  pgRestoreOptions: z.array(z.string()),
  ignorePrivileges: z.boolean(),
  jobs: z.int().optional(),
})

const scanTask = z.object({
  kind: z.literal('scan'),
  source: target,
  mode: z.enum(['partial', 'full']),
  partialRows: z.int(),
  metaDictionaries: dictionaries,
  sensitive: dictionaries,
  nonSensitive: dictionaries,
  /** Whether to give the non-sensitive dictionary, too. */
  givesNonSensitive: z.boolean(),
  jobs: z.int().optional(),
})

const destination = z.object({
  adapterId: z.string(),
  config: z.record(z.string(), z.unknown()),
  /** Hosts that it may lie on; absent: all but those never meant for it. */
  allowedHosts: z.array(z.string()).optional(),
})

const refreshTarget = z.object({
  name: z.string(),
  server: target,
  mapping: z.record(z.string(), z.string()),
  findings: z.enum(['fail', 'warn', 'off']),
  connections: z.enum(['end', 'refuse']),
  /** System identifiers of the clusters that are marked as production. */
  neverInto: z.array(z.string()).default([]),
})

/** The dictionaries that rows are masked by, and by which a refreshed database is looked through. */
const masking = z.object({
  sensitive: dictionaries,
  nonSensitive: dictionaries,
  tables: dictionaries,
  tablesExclude: dictionaries,
  unknownColumns: z.enum(['copy', 'fail', 'null']).default('copy'),
  salt: z.string().optional(),
})

const backupTask = z.object({
  kind: z.literal('backup'),
  job: z.object({ id: z.string(), name: z.string() }),
  source: z.object({ name: z.string(), server: target }),
  databases: z.array(z.string()).min(1),
  anonymize: z.boolean(),
  masking,
  compression: z.enum(COMPRESSIONS),
  sealing: z.object({ profileId: z.string(), key: z.string() }).optional(),
  destination,
  folder: z.string(),
  retention: retentionSchema,
  timeZone: z.string(),
  targets: z.array(refreshTarget),
})

const storedRestoreTask = z.object({
  kind: z.literal('stored-restore'),
  destination,
  path: z.string(),
  /** Of the profile that sealed it. */
  key: z.string().optional(),
  masking,
  target: refreshTarget,
})

export const taskSchema = z.discriminatedUnion('kind', [
  dumpTask,
  restoreTask,
  scanTask,
  backupTask,
  storedRestoreTask,
])

export type Task = z.infer<typeof taskSchema>
export type DumpTask = z.infer<typeof dumpTask>
export type RestoreTask = z.infer<typeof restoreTask>
export type ScanTask = z.infer<typeof scanTask>
export type BackupTask = z.infer<typeof backupTask>
export type StoredRestoreTask = z.infer<typeof storedRestoreTask>
export type TaskMasking = z.infer<typeof masking>
export type TaskRefreshTarget = z.infer<typeof refreshTarget>
export type TaskDestination = z.infer<typeof destination>
export type TaskTarget = z.infer<typeof target>
