import { Section, type TocEntry } from './toc.ts'

/** What an entry needs to know of the relation whose rows or state it holds. */
export interface EntryRelation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly sqlName: string
  readonly owner: string
}

const DATA_ENTRY = {
  catalogOid: '0',
  dropStatement: null,
  tablespace: null,
  accessMethod: null,
  relationKind: 0,
  withOids: 'false',
} as const

/**
 * The rows of a table, as pg_dump's dumpTableData writes the entry. `table` is the dump id of the TABLE: pg_restore
 * takes the first dependency as the table that constraints must wait for.
 *
 * With `root` the rows are loaded through the partitioned table of that name; the remark in the definition keeps a
 * parallel pg_restore from truncating the partition first.
 */
export function tableDataEntry(
  relation: EntryRelation,
  data: { dumpId: number; table: number; columns: readonly string[]; root?: string | undefined },
): TocEntry {
  // A table without columns leaves two blanks in pg_dump's statement, and so in ours.
  const columns = data.columns.length > 0 ? `(${data.columns.join(', ')})` : ''
  return {
    ...DATA_ENTRY,
    dumpId: data.dumpId,
    hadDumper: true,
    oid: String(relation.oid),
    tag: relation.name,
    description: 'TABLE DATA',
    section: Section.data,
    definition: data.root === undefined ? null : `-- load via partition root ${data.root}`,
    copyStatement: `COPY ${data.root ?? relation.sqlName} ${columns} FROM stdin;\n`,
    schema: relation.schema,
    owner: relation.owner,
    dependencies: [data.table],
    extra: { kind: 'file', name: dataFileName(data.dumpId) },
  }
}

/** Name of an entry's data file in the table of contents; on disk the compression's suffix follows. */
export function dataFileName(dumpId: number): string {
  return `${dumpId}.dat`
}

/** The state of a sequence, as pg_dump's dumpSequenceData writes the entry. */
export function sequenceSetEntry(
  relation: EntryRelation,
  data: { dumpId: number; sequence: number; lastValue: bigint; called: boolean },
): TocEntry {
  const name = `'${relation.sqlName.replaceAll("'", "''")}'`
  return {
    ...DATA_ENTRY,
    dumpId: data.dumpId,
    hadDumper: false,
    oid: '0',
    tag: relation.name,
    description: 'SEQUENCE SET',
    section: Section.data,
    definition: `SELECT pg_catalog.setval(${name}, ${data.lastValue}, ${data.called});\n`,
    copyStatement: null,
    schema: relation.schema,
    owner: relation.owner,
    dependencies: [data.sequence],
    extra: { kind: 'file', name: '' },
  }
}

/** The command that fills a materialized view, as pg_dump's refreshMatViewData writes the entry. */
export function materializedViewDataEntry(
  relation: EntryRelation,
  data: { dumpId: number; dependencies: readonly number[] },
): TocEntry {
  return {
    ...DATA_ENTRY,
    dumpId: data.dumpId,
    hadDumper: false,
    oid: String(relation.oid),
    tag: relation.name,
    description: 'MATERIALIZED VIEW DATA',
    section: Section.postData,
    definition: `REFRESH MATERIALIZED VIEW ${relation.sqlName};\n`,
    copyStatement: null,
    schema: relation.schema,
    owner: relation.owner,
    dependencies: data.dependencies,
    extra: { kind: 'file', name: '' },
  }
}
