import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import dictionaryText from '../../../dicts/examples/01_shop.py' with { type: 'text' }
import schemaSql from '../../../sql/demo/01_schema.sql' with { type: 'text' }
import peopleSql from '../../../sql/demo/02_people.sql' with { type: 'text' }
import rowsSql from '../../../sql/demo/03_rows.sql' with { type: 'text' }
import type { Manifest } from '../../archive/manifest.ts'
import { Fault } from '../../lib/fault.ts'
import { fromShippedFile, identifier, literal, sql } from '../../lib/sql.ts'
import { readCatalog } from '../../postgres/introspect.ts'
import { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import { ThrowawayCluster } from '../../postgres/throwaway-cluster.ts'
import type { Context } from '../context.ts'
import { dump } from '../dump/dump.ts'
import { init } from '../init.ts'
import { PLAIN_PLANNING } from '../planning.ts'
import { restore } from '../restore/restore.ts'
import {
  countRows,
  originals,
  type Proof,
  proveAbsentFromArchive,
  proveAbsentFromTarget,
  proveForeignKeys,
  proveRowCounts,
  proveSearchFinds,
} from './proofs.ts'

export const DEMO_SOURCE = 'shop'
export const DEMO_TARGET = 'shop_copy'

/** One row of the source beside the row of the copy with the same key. */
export interface Comparison {
  readonly table: string
  readonly column: string
  readonly before: string
  readonly after: string
}

export interface DemoResult {
  readonly server: string
  readonly manifest: Manifest
  readonly comparisons: readonly Comparison[]
  readonly proofs: readonly Proof[]
}

/** What is left behind for someone who asked to keep it. */
export interface KeptDemo {
  readonly archive: string
  readonly source: string
  readonly target: string
  /** Ends the server and removes its folder when it is sent SIGTERM. */
  readonly pid: number
}

/**
 * The whole way on a server of its own: a sample shop, init, dump, restore into a second database, and the proof that
 * the copy is complete and holds none of the originals. Throws `proof-failed` where a proof fails.
 */
export async function demo(
  context: Context,
  options: {
    readonly keep: boolean
    readonly onStep: (step: string) => void
    readonly onResult: (result: DemoResult, kept: KeptDemo | undefined) => void
  },
): Promise<void> {
  options.onStep('Starting a throw-away PostgreSQL server')
  const cluster = await ThrowawayCluster.start({ signal: context.signal })
  const folder = await mkdtemp(join(tmpdir(), 'pgveil-demo-'))
  let kept: KeptDemo | undefined
  try {
    const archive = join(folder, 'archive')
    const result = await run(context, cluster, archive, options.onStep)
    if (options.keep) kept = { archive, ...(await keep(cluster)) }
    options.onResult(result, kept)
    const failed = result.proofs.filter((proof) => !proof.holds)
    if (failed.length > 0)
      throw new Fault('proof-failed', `A proof failed: ${failed.map((proof) => proof.claim).join('; ')}.`)
  } finally {
    if (!kept) {
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function run(
  context: Context,
  cluster: ThrowawayCluster,
  archive: string,
  onStep: (step: string) => void,
): Promise<DemoResult> {
  const source = cluster.target(DEMO_SOURCE)
  const target = cluster.target(DEMO_TARGET)
  onStep(`Loading a sample shop into the database ${DEMO_SOURCE}`)
  await createDatabases(cluster)
  await loadShop(context, cluster)
  onStep('pgveil init: installing the functions that rules call')
  await init(context, source)
  onStep('pgveil dump: masking inside PostgreSQL, into an archive')
  const dictionary = { name: 'dicts/examples/01_shop.py', text: dictionaryText }
  const { manifest } = await dump(context, {
    ...PLAIN_PLANNING,
    source,
    dictionaries: [dictionary],
    content: 'full',
    outputFolder: archive,
    clearOutput: false,
    programs: { byMajor: new Map() },
    pgDumpOptions: [],
    ignorePrivileges: false,
    largeObjects: false,
    salt: undefined,
    checkConstraints: true,
    jobs: undefined,
  })
  onStep(`pgveil restore: the archive into the database ${DEMO_TARGET}`)
  await restore(context, {
    target,
    inputFolder: archive,
    content: 'full',
    onlyTables: [],
    withoutTables: [],
    existing: 'refuse',
    programs: { byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    dropCustomChecks: false,
    sequencesByMaxValue: false,
    disableChecks: false,
    jobs: undefined,
  })
  onStep('Proving it')
  return { server: cluster.server.version, manifest, ...(await prove(context, cluster, archive)) }
}

async function createDatabases(cluster: ThrowawayCluster): Promise<void> {
  const session = await Session.open(cluster.target('postgres'))
  try {
    for (const name of [DEMO_SOURCE, DEMO_TARGET]) await session.run(sql`CREATE DATABASE ${identifier(name)}`)
  } finally {
    await session.close()
  }
}

async function loadShop(context: Context, cluster: ThrowawayCluster): Promise<void> {
  const session = await Session.open(cluster.target(DEMO_SOURCE))
  try {
    for (const file of [schemaSql, peopleSql, rowsSql]) {
      await session.rowsUntil(context.signal, fromShippedFile(file))
    }
  } finally {
    await session.close()
  }
}

async function prove(
  context: Context,
  cluster: ThrowawayCluster,
  archive: string,
): Promise<Pick<DemoResult, 'comparisons' | 'proofs'>> {
  const before = await Session.open(cluster.target(DEMO_SOURCE))
  const after = await Session.open(cluster.target(DEMO_TARGET))
  try {
    await before.run(EMPTY_SEARCH_PATH)
    await after.run(EMPTY_SEARCH_PATH)
    const [source, target] = [await readCatalog(before), await readCatalog(after)]
    const values = await originals(before)
    const { signal } = context
    return {
      comparisons: await compare(before, after),
      proofs: [
        proveRowCounts(withoutLibrary(await countRows(before, source)), await countRows(after, target)),
        await proveForeignKeys(source, after, target),
        await proveSearchFinds(values, { session: before, signal }),
        await proveAbsentFromArchive(values, archive),
        await proveAbsentFromTarget(values, { session: after, catalog: target, signal }),
      ],
    }
  } finally {
    await before.close()
    await after.close()
  }
}

/** The function library brings tables of its own to the source; they are no part of the copy. */
function withoutLibrary(counts: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...counts].filter(([name]) => !name.startsWith('anon_funcs.')))
}

/** What is shown side by side: some columns of one row, found by its key. The people in it are made up. */
const SHOWN = [
  {
    table: 'shop.customers',
    key: 'id',
    value: 4711,
    columns: ['full_name', 'email', 'phone', 'birth_date', 'profile'],
  },
  {
    table: 'shop.addresses',
    key: 'customer_id',
    value: 4711,
    columns: ['recipient', 'street', 'postal_code', 'city'],
  },
  { table: 'shop.payments', key: 'order_id', value: 4711, columns: ['card_holder', 'card_number', 'amount'] },
  { table: 'shop.tickets', key: 'customer_id', value: 4712, columns: ['body'] },
  { table: 'staff.employees', key: 'id', value: 7, columns: ['full_name', 'email', 'salary'] },
] as const

async function compare(before: Session, after: Session): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const { table, key, value, columns } of SHOWN) {
    const [schema, name] = table.split('.') as [string, string]
    for (const column of columns) {
      const query = sql`
SELECT coalesce(${identifier(column)}::text, 'NULL') AS shown
FROM ${identifier(schema)}.${identifier(name)}
WHERE ${identifier(key)} = ${literal(value)}`
      const [old, masked] = [
        await before.row<{ shown: string }>(query),
        await after.row<{ shown: string }>(query),
      ]
      comparisons.push({ table, column, before: old.shown, after: masked.shown })
    }
  }
  return comparisons
}

async function keep(cluster: ThrowawayCluster): Promise<Omit<KeptDemo, 'archive'>> {
  const url = (database: string) => {
    const { user, host, port, password } = cluster.target(database)
    return `postgresql://${user}:${password?.reveal()}@${host}:${port}/${database}`
  }
  return { source: url(DEMO_SOURCE), target: url(DEMO_TARGET), pid: await cluster.keep() }
}
