import { isLargeObject } from '../../archive/toc/large-objects.ts'
import { type LeftOut, pruneToc } from '../../archive/toc/prune.ts'
import { relationOfEntry, Section, type Toc, type TocEntry } from '../../archive/toc/toc.ts'
import { relationKey } from '../../catalog/model.ts'
import { namesAny } from '../../dictionary/match.ts'
import type { TableName, TablePattern } from '../../dictionary/table-pattern.ts'
import { Fault } from '../../lib/fault.ts'

/** The entries of an archive that a restore takes, in their order. */
export interface Selection {
  readonly entries: readonly TocEntry[]
  /** Objects that are left out because of something that was not asked for. */
  readonly leftOut: readonly LeftOut[]
}

/** Takes from an archive the tables of an allow list that a deny list does not name, and all that can do without others. */
export function selectEntries(
  toc: Toc,
  content: 'full' | 'structure' | 'data',
  onlyTables: readonly TablePattern[] | undefined,
  withoutTables: readonly TablePattern[] | undefined,
): Selection {
  const isSelective = onlyTables !== undefined || withoutTables !== undefined
  const pruned = isSelective
    ? pruneToc(toc, unwantedBy(toc, onlyTables, withoutTables))
    : { toc, leftOut: [] }
  const entries = pruned.toc.entries.filter((entry) => belongsTo(content, entry))
  if (isSelective && !entries.some((entry) => TABLE_KINDS.has(entry.description))) {
    throw new Fault('nothing-to-restore', 'No table of the archive is left to restore.', {
      remedy: 'Check the tables dictionaries against pg_restore -l.',
    })
  }
  return { entries, leftOut: pruned.leftOut }
}

function unwantedBy(
  toc: Toc,
  onlyTables: readonly TablePattern[] | undefined,
  withoutTables: readonly TablePattern[] | undefined,
): (entry: TocEntry) => boolean {
  const lineageOf = partitionLineages(toc)
  return (entry) => {
    if (!SELECTED_KINDS.has(entry.description)) return false
    const names = lineageOf(entry)
    return Boolean(
      (withoutTables && namesAny(withoutTables, names)) || (onlyTables && !namesAny(onlyTables, names)),
    )
  }
}

const SELECTED_KINDS = new Set(['TABLE', 'FOREIGN TABLE', 'TABLE DATA'])
const TABLE_KINDS = new Set(['TABLE', 'TABLE DATA'])

/** What a restore of rows alone takes beside rows: their states and settings; what one of the structure does not take. */
function belongsTo(content: 'full' | 'structure' | 'data', entry: TocEntry): boolean {
  const isRows =
    entry.section === Section.data || entry.description === 'MATERIALIZED VIEW DATA' || isLargeObject(entry)
  if (content === 'structure') return !isRows
  if (content === 'data') return isRows || SETTINGS.has(entry.description)
  return true
}

const SETTINGS = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH'])

/** A list file for pg_restore -L: it reads the dump id that a line begins with. */
export function listFile(entries: readonly TocEntry[]): string {
  return entries.map((entry) => `${entry.dumpId}; ${entry.description}\n`).join('')
}

/** For each table the partitioned tables above it, by the entries that attach one to the other. */
function partitionLineages(toc: Toc): (entry: TocEntry) => TableName[] {
  const byId = new Map(toc.entries.map((entry) => [entry.dumpId, entry]))
  const parents = new Map<string, TableName>()
  for (const attach of toc.entries.filter((entry) => entry.description === 'TABLE ATTACH')) {
    const child = relationOfEntry(attach)
    const tables = attach.dependencies
      .map((id) => byId.get(id))
      .filter((entry) => entry?.description === 'TABLE')
    const parent = tables
      .map((entry) => entry && relationOfEntry(entry))
      .find((table) => table && relationKey(table) !== relationKey(child))
    if (parent) parents.set(relationKey(child), parent)
  }
  return (entry) => {
    const names: TableName[] = []
    for (
      let name: TableName | undefined = relationOfEntry(entry);
      name;
      name = parents.get(relationKey(name))
    )
      names.push(name)
    return names
  }
}
