import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { type Catalog, relationName } from '../../catalog/model.ts'
import { orphanCount } from '../../compile/checks/foreign-keys.ts'
import { fromCatalog, join as joinSql, literal, sql } from '../../lib/sql.ts'
import type { CopiedRows } from '../../postgres/copy-messages.ts'
import { CopySession } from '../../postgres/copy-session.ts'
import type { Session } from '../../postgres/session.ts'
import { TextSearch } from './text-search.ts'

/** One thing that was to be shown, and whether it holds. */
export interface Proof {
  readonly claim: string
  readonly holds: boolean
  readonly detail: string
}

/** Rows of every table, by name. */
export async function countRows(session: Session, catalog: Catalog): Promise<Map<string, number>> {
  const tables = [...catalog.relations.values()].filter((relation) => relation.kind === 'table')
  const counts = tables.map(
    (table) =>
      sql`SELECT ${literal(relationName(table))} AS name, count(*)::float8 AS rows FROM ONLY ${fromCatalog(table.sqlName)}`,
  )
  const rows = await session.rows<{ name: string; rows: number }>(joinSql(counts, sql` UNION ALL `))
  return new Map(rows.map((row) => [row.name, row.rows]))
}

export function proveRowCounts(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Proof {
  const different = [...before].filter(([name, rows]) => after.get(name) !== rows).map(([name]) => name)
  const total = [...after.values()].reduce((sum, rows) => sum + rows, 0)
  const same = different.length === 0 && before.size === after.size
  return {
    claim: 'Every table has as many rows as before',
    holds: same,
    detail: same ? `${total} rows in ${after.size} tables` : `different: ${different.join(', ')}`,
  }
}

/** Every foreign key of the source is in the target, is valid there, and no row points nowhere. */
export async function proveForeignKeys(source: Catalog, session: Session, target: Catalog): Promise<Proof> {
  const broken: string[] = []
  for (const key of target.foreignKeys) {
    const own = target.relations.get(key.relation)
    const root = target.relations.get(key.references)
    if (!own || !root) continue
    const query = orphanCount(key, { own, root }, fromCatalog(own.sqlName), [fromCatalog(root.sqlName)])
    const { broken: rows } = await session.row<{ broken: string }>(query)
    if (BigInt(rows) > 0n) broken.push(key.name)
  }
  const complete = target.foreignKeys.length === source.foreignKeys.length
  return {
    claim: 'Every foreign key is there and holds',
    holds: complete && broken.length === 0 && target.foreignKeys.length > 0,
    detail:
      broken.length > 0
        ? `broken: ${broken.join(', ')}`
        : `${target.foreignKeys.length} keys checked row by row`,
  }
}

/** The originals that must be nowhere: all e-mail addresses, telephone numbers, names and card numbers. */
export async function originals(session: Session): Promise<Map<string, string[]>> {
  const kinds = new Map([
    [
      'e-mail addresses',
      sql`SELECT email AS value FROM shop.customers UNION SELECT email FROM staff.employees`,
    ],
    [
      'telephone numbers',
      sql`SELECT phone AS value FROM shop.customers UNION SELECT phone FROM staff.employees`,
    ],
    ['names', sql`SELECT full_name AS value FROM shop.customers UNION SELECT full_name FROM staff.employees`],
    ['card numbers', sql`SELECT card_number AS value FROM shop.payments`],
  ])
  const found = new Map<string, string[]>()
  for (const [kind, query] of kinds) {
    const rows = await session.rows<{ value: string }>(
      sql`SELECT DISTINCT value FROM (${query}) AS all_values WHERE value IS NOT NULL`,
    )
    found.set(
      kind,
      rows.map((row) => row.value),
    )
  }
  return found
}

/** Searches every file of the archive, unpacked, for every original. */
export async function proveAbsentFromArchive(
  values: ReadonlyMap<string, readonly string[]>,
  folder: string,
): Promise<Proof> {
  const search = new TextSearch([...values.values()].flat())
  let found = 0
  for (const file of await readdir(folder)) {
    const raw = createReadStream(join(folder, file), { highWaterMark: 1024 * 1024 })
    found += await search.count(file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw)
  }
  return absence('archive', values, found)
}

/** Searches every row of every table and materialized view of the target for every original. */
export async function proveAbsentFromTarget(
  values: ReadonlyMap<string, readonly string[]>,
  target: {
    readonly session: Session
    readonly catalog: Catalog
    readonly signal: AbortSignal
  },
): Promise<Proof> {
  const search = new TextSearch([...values.values()].flat())
  const copies = await CopySession.open(
    target.session.target,
    sql`SET client_encoding = 'UTF8'`,
    target.signal,
  )
  let found = 0
  try {
    for (const relation of target.catalog.relations.values()) {
      if (relation.kind !== 'table' && relation.kind !== 'materialized-view') continue
      const rows = sql`COPY (SELECT * FROM ${fromCatalog(relation.sqlName)}) TO STDOUT`
      found += await search.count(textOf(copies.copyOut(rows)))
    }
  } finally {
    await copies.close()
  }
  return absence('target', values, found)
}

/**
 * The search must be able to find: in the source the same search finds the originals, or its silence about the copy
 * would mean nothing.
 */
export async function proveSearchFinds(
  values: ReadonlyMap<string, readonly string[]>,
  source: { readonly session: Session; readonly signal: AbortSignal },
): Promise<Proof> {
  const search = new TextSearch([...values.values()].flat())
  const copies = await CopySession.open(
    source.session.target,
    sql`SET client_encoding = 'UTF8'`,
    source.signal,
  )
  try {
    const found = await search.count(textOf(copies.copyOut(sql`COPY shop.tickets TO STDOUT`)))
    return {
      claim: 'The same search finds originals in the source',
      holds: found > 0,
      detail: `${found} in the free text of tickets`,
    }
  } finally {
    await copies.close()
  }
}

function absence(where: string, values: ReadonlyMap<string, readonly string[]>, found: number): Proof {
  const kinds = [...values].map(([kind, list]) => `${list.length} ${kind}`).join(', ')
  return {
    claim: `No original is anywhere in the ${where}`,
    holds: found === 0,
    detail: found === 0 ? `searched for ${kinds}` : `${found} originals found`,
  }
}

async function* textOf(rows: AsyncIterable<CopiedRows>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of rows) yield bytes
}
