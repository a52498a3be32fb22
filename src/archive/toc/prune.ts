import { describeEntry, type Toc, type TocEntry } from './toc.ts'

/** An entry that does not make it into the archive or the database, and why. */
export interface LeftOut {
  /** `FK CONSTRAINT`, `VIEW` …: pg_dump's word for the kind of object. */
  readonly description: string
  readonly schema: string | null
  readonly tag: string | null
  /** The entry that it cannot do without. */
  readonly because: string
}

/**
 * Takes entries out of a table of contents, and with them everything that cannot be restored without them: what
 * depends on a table that is left out (its indexes, constraints and triggers, the foreign keys of other tables to it,
 * views on it) is left out too. Order is kept.
 *
 * What goes with a named entry as a matter of course (its own indexes, comments, privileges) is not reported; what
 * belongs to something that stays is.
 */
export function pruneToc(
  toc: Toc,
  isUnwanted: (entry: TocEntry) => boolean,
): { toc: Toc; leftOut: readonly LeftOut[] } {
  const removed = new Map<number, TocEntry>()
  for (const entry of toc.entries) if (isUnwanted(entry)) removed.set(entry.dumpId, entry)
  if (removed.size === 0) return { toc, leftOut: [] }
  const reasons = removeDependents(toc.entries, removed)
  const byId = new Map(toc.entries.map((entry) => [entry.dumpId, entry]))
  return {
    toc: { ...toc, entries: toc.entries.filter((entry) => !removed.has(entry.dumpId)) },
    leftOut: [...reasons]
      .filter(([entry]) => isNoteworthy(entry, byId, removed))
      .map(([entry, reason]) => ({
        description: entry.description,
        schema: entry.schema,
        tag: entry.tag,
        because: describeEntry(reason),
      })),
  }
}

/** Adds to `removed` all that depends on it; says for each which dependency was the first to go. */
function removeDependents(
  entries: readonly TocEntry[],
  removed: Map<number, TocEntry>,
): Map<TocEntry, TocEntry> {
  const dependents = new Map<number, TocEntry[]>()
  const isNeeded = neededDependencies(entries)
  for (const entry of entries) {
    for (const dependency of entry.dependencies) {
      if (!isNeeded(entry, dependency)) continue
      const known = dependents.get(dependency)
      if (known) known.push(entry)
      else dependents.set(dependency, [entry])
    }
  }
  const reasons = new Map<TocEntry, TocEntry>()
  const queue = [...removed.values()]
  for (let gone = queue.shift(); gone; gone = queue.shift()) {
    for (const dependent of dependents.get(gone.dumpId) ?? []) {
      if (removed.has(dependent.dumpId)) continue
      removed.set(dependent.dumpId, dependent)
      reasons.set(dependent, gone)
      queue.push(dependent)
    }
  }
  return reasons
}

/**
 * Not every dependency is one that an entry cannot do without. One on rows only says in which order to load. A partition
 * is made as a table of its own and attached by an entry of its own, so it can do without the partitioned table.
 */
function neededDependencies(entries: readonly TocEntry[]): (entry: TocEntry, dependency: number) => boolean {
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]))
  const attached = new Set(
    entries
      .filter((entry) => entry.description === 'TABLE ATTACH')
      .flatMap((entry) => entry.dependencies.map((id) => `${entry.schema}\0${entry.tag}\0${id}`)),
  )
  return (entry, dependency) => {
    const target = byId.get(dependency)
    if (target?.description === 'TABLE DATA') return false
    return !(entry.description === 'TABLE' && attached.has(`${entry.schema}\0${entry.tag}\0${dependency}`))
  }
}

/** Parts that stand on one object only and go with it as a matter of course. */
const PLAIN_PARTS = new Set([
  'ACL',
  'COMMENT',
  'INDEX',
  'INDEX ATTACH',
  'MATERIALIZED VIEW DATA',
  'PUBLICATION TABLE',
  'ROW SECURITY',
  'SECURITY LABEL',
  'SEQUENCE',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'STATISTICS',
  'TABLE DATA',
])

/** Parts of a table that may speak of another table too; pg_dump tags them `table name`. */
const TABLE_PARTS = new Set([
  'CHECK CONSTRAINT',
  'CONSTRAINT',
  'DEFAULT',
  'FK CONSTRAINT',
  'POLICY',
  'RULE',
  'TABLE ATTACH',
  'TRIGGER',
])

/** Whether what was removed is news to the reader: an object in its own right, or a part of a table that stays. */
function isNoteworthy(
  entry: TocEntry,
  byId: ReadonlyMap<number, TocEntry>,
  removed: ReadonlyMap<number, TocEntry>,
): boolean {
  if (PLAIN_PARTS.has(entry.description)) return false
  if (!TABLE_PARTS.has(entry.description)) return true
  const owner = entry.dependencies
    .map((dependency) => byId.get(dependency))
    .filter(
      (candidate) => candidate?.schema === entry.schema && `${entry.tag} `.startsWith(`${candidate?.tag} `),
    )
    .sort((left, right) => (right?.tag?.length ?? 0) - (left?.tag?.length ?? 0))[0]
  return owner !== undefined && !removed.has(owner.dumpId)
}

/** `VIEW public.v: it cannot do without TABLE public.t` */
export function describeLeftOut(leftOut: LeftOut): string {
  return `${describeEntry(leftOut)}: it cannot do without ${leftOut.because}`
}
