import type { Manifest, ManifestTable } from '../../archive/manifest.ts'
import { type Toc, writeToc } from '../../archive/toc/toc.ts'
import { type Catalog, relationName } from '../../catalog/model.ts'
import { buildPlan } from '../../compile/plan/build.ts'
import { maskedColumns, type Plan, type TablePlan } from '../../compile/plan/plan.ts'
import { mergeSensitiveDictionaries, readSensitiveDictionary } from '../../dictionary/sensitive.ts'
import { readTablesDictionary } from '../../dictionary/tables.ts'
import { describePlace, type Finding } from '../../lib/fault.ts'
import { readCatalog, readSequences } from '../../postgres/introspect.ts'
import { Snapshot } from '../../postgres/snapshot.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import { VERSION } from '../../version.ts'
import type { Context } from '../context.ts'
import { settleProgram, settlePsql } from '../program-choice.ts'
import { type Assembly, assembleStructure, completeToc, dataOnlyToc, sequencesOf } from './assemble.ts'
import { checkConstraints } from './check-constraints.ts'
import { type CopiedTable, copyTables } from './copy-tables.ts'
import type { DumpRequest } from './request.ts'
import { dumpStructure } from './structure.ts'
import { verifyRules } from './verify-rules.ts'

export interface DumpResult {
  readonly folder: string
  readonly manifest: Manifest
  readonly warnings: readonly Finding[]
}

/**
 * Makes an anonymized archive of a database: plan, verify, check, then copy, all in one snapshot and read-only. What
 * would leak or would not restore is refused before the first byte; what a failure leaves behind is taken back.
 */
export async function dump(context: Context, request: DumpRequest): Promise<DumpResult> {
  const dictionary = mergeSensitiveDictionaries(request.dictionaries.map(readSensitiveDictionary))
  const onlyTables = request.onlyTables.flatMap(readTablesDictionary)
  const withoutTables = request.withoutTables.flatMap(readTablesDictionary)

  context.onProgress({ stage: 'plan', done: 0, total: 1 })
  const snapshot = await Snapshot.begin(request.source, context.signal)
  try {
    const catalog = await readCatalog(snapshot.session)
    const plan = await buildPlan({
      catalog,
      dictionary,
      onlyTables: request.onlyTables.length > 0 ? onlyTables : undefined,
      withoutTables: request.withoutTables.length > 0 ? withoutTables : undefined,
      policy: { allowUnmatched: request.allowUnmatched },
    })
    return await dumpPlan(context, request, snapshot, catalog, plan)
  } finally {
    await snapshot.close()
  }
}

async function dumpPlan(
  context: Context,
  request: DumpRequest,
  snapshot: Snapshot,
  catalog: Catalog,
  plan: Plan,
): Promise<DumpResult> {
  const { source } = request
  const serverMajor = Math.floor(catalog.server.versionNumber / 10000)
  const pgDump = await settleProgram(request.programs, 'pg_dump', serverMajor)
  const psql = await settlePsql(pgDump, serverMajor)
  const lanes = request.jobs ?? defaultLanes()
  const withRows = request.content !== 'structure'

  const warnings = [...plan.warnings]
  if (withRows) await verifyRules(context, snapshot, plan)
  if (withRows && request.checkConstraints) {
    warnings.push(...(await checkConstraints(context, source, snapshot, catalog, plan, lanes)))
  }

  const folder = await ArchiveFolder.begin(request.outputFolder, { clear: request.clearOutput })
  try {
    context.onProgress({ stage: 'structure', done: 0, total: 1 })
    const options = [...(request.ignorePrivileges ? ['--no-privileges'] : []), ...request.pgDumpOptions]
    const structure = await dumpStructure(context, pgDump, source, snapshot.id, options)
    const assembly = assembleStructure(structure, catalog, plan)
    if (withRows && assembly.tables.length === 0)
      context.log.warn('The archive holds no rows: no table is left.')

    const work = { source, psql, snapshot, versionNumber: catalog.server.versionNumber, folder, lanes }
    const copied = withRows ? await copyTables(context, work, assembly.tables) : []
    const toc = await finalToc(request, snapshot, catalog, assembly)
    context.signal.throwIfAborted()
    let manifest: Manifest | undefined
    await folder.publish(writeToc(toc), (written) => {
      manifest = describe(context, request, { snapshot, catalog, plan, assembly, copied, written, pgDump })
      return manifest
    })
    return { folder: folder.path, manifest: manifest as unknown as Manifest, warnings }
  } catch (error) {
    await folder.retract()
    throw error
  }
}

async function finalToc(
  request: DumpRequest,
  snapshot: Snapshot,
  catalog: Catalog,
  assembly: Assembly,
): Promise<Toc> {
  if (request.content === 'structure') return assembly.structure
  const sequences = await readSequences(snapshot.session, sequencesOf(catalog, assembly.structure))
  const toc = completeToc(assembly, catalog, sequences, [])
  return request.content === 'data' ? dataOnlyToc(toc, assembly, catalog) : toc
}

function describe(
  context: Context,
  request: DumpRequest,
  made: {
    snapshot: Snapshot
    catalog: Catalog
    plan: Plan
    assembly: Assembly
    copied: readonly CopiedTable[]
    written: { fileBytes: number; sha256: string }
    pgDump: { version: string }
  },
): Manifest {
  const { server } = made.catalog
  const copiedBy = new Map(made.copied.map((table) => [table.table, table]))
  return {
    format: 'pgveil-archive',
    formatVersion: 1,
    pgveilVersion: VERSION,
    content: request.content,
    createdAt: context.clock.now().toISOString(),
    source: {
      database: server.database,
      databaseOid: server.databaseOid,
      systemIdentifier: server.systemIdentifier,
      serverVersion: server.version,
      serverMajor: Math.floor(server.versionNumber / 10000),
      encoding: server.encoding,
    },
    pgDumpVersion: made.pgDump.version,
    snapshot: made.snapshot.id,
    dictionaries: [...request.dictionaries, ...request.onlyTables, ...request.withoutTables].map(
      (source) => ({
        name: source.name,
        sha256: new Bun.CryptoHasher('sha256').update(source.text).digest('hex'),
      }),
    ),
    toc: made.written,
    tables:
      request.content === 'structure'
        ? []
        : made.plan.tables.map((table) => describeTable(table, copiedBy.get(table))),
    files: [],
    leftOut: [
      ...made.assembly.leftOut,
      ...made.plan.leftOut.map(
        ({ relation, reason }) => `TABLE ${relationName(relation)}: ${LEFT_OUT[reason]}`,
      ),
    ],
    tableBytes: made.copied.reduce((sum, { table }) => sum + table.relation.bytes, 0),
  }
}

const LEFT_OUT = {
  'schema-excluded': 'dictionary_exclude leaves out its schema',
  'not-in-tables-dictionary': 'it is not in the tables dictionary',
  'in-exclude-dictionary': 'it is in the dictionary of tables to exclude',
} as const

function describeTable(table: TablePlan, copied: CopiedTable | undefined): ManifestTable {
  return {
    schema: table.relation.schema,
    name: table.relation.name,
    file: copied?.file ?? null,
    rows: copied?.rows ?? 0,
    bytes: copied?.bytes ?? 0,
    fileBytes: copied?.fileBytes ?? 0,
    sha256: copied?.sha256 ?? null,
    columns: table.columns.map(({ column }) => column.name),
    masked: maskedColumns(table).map(({ column, expression }) => ({
      column: column.name,
      rule: expression.outline,
      place: describePlace(expression.source.place),
    })),
    rowPolicy: table.rows.kind,
  }
}

/** Two connections keep two cores busy between PostgreSQL and compression; more cores take more, within reason. */
function defaultLanes(): number {
  return Math.min(8, Math.max(2, navigator.hardwareConcurrency))
}
