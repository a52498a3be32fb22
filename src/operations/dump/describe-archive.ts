import type { Manifest, ManifestTable, TocFigures } from '../../archive/manifest.ts'
import { type Catalog, relationName } from '../../catalog/model.ts'
import { maskedColumns, type Plan, type TablePlan } from '../../compile/plan/plan.ts'
import { describePlace } from '../../lib/fault.ts'
import { sha256Hex } from '../../lib/sha256.ts'
import type { Program } from '../../postgres/programs.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'
import { VERSION } from '../../version.ts'
import type { Assembly } from './assemble/structure.ts'
import type { CopiedTable } from './copy-tables.ts'
import type { LargeObjects } from './large-objects.ts'
import type { ArchiveRequest } from './request.ts'

/** What a dump has made, by the time that its manifest is written. */
export interface MadeArchive {
  readonly snapshot: Snapshot
  readonly catalog: Catalog
  readonly plan: Plan
  readonly assembly: Assembly
  readonly copied: readonly CopiedTable[]
  readonly largeObjects: LargeObjects
  /** Large objects of the source that were not asked for. */
  readonly omitted: number
  readonly toc: TocFigures
  readonly pgDump: Program
  readonly createdAt: Date
}

export function describeArchive(request: ArchiveRequest, made: MadeArchive): Manifest {
  const { server } = made.catalog
  const copiedBy = new Map(made.copied.map((table) => [table.table, table]))
  return {
    format: 'pgveil-archive',
    formatVersion: 1,
    pgveilVersion: VERSION,
    content: request.content,
    createdAt: made.createdAt.toISOString(),
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
        sha256: sha256Hex(source.text),
      }),
    ),
    toc: made.toc,
    tables:
      request.content === 'structure'
        ? []
        : made.plan.tables.map((table) => describeTable(table, copiedBy.get(table))),
    files: [...made.largeObjects.files],
    leftOut: [
      ...(made.omitted > 0
        ? [`${made.omitted} large objects: --large-objects includes them, as they are`]
        : []),
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
