import type { Selectable } from 'kysely'
import { Fault } from '../../lib/fault.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { State, StateTransaction } from '../../store/state.ts'
import type { AdaptersTable } from '../../store/tables.ts'
import type { JobsContext } from '../jobs-context.ts'
import type { JsonObject } from '../run.ts'
import { type AdapterType, adapterKind } from './adapter-kinds.ts'
import { channelsOf } from './job-input.ts'
import { readName, refuseTakenName, unlessTaken } from './names.ts'
import { readSourceConfig } from './source-config.ts'

/** A source, a destination or a notification channel. */
export interface Adapter {
  readonly id: string
  readonly name: string
  readonly type: AdapterType
  readonly adapterId: string
  /** As it was given, with its secrets. */
  readonly config: JsonObject
  /** A source whose server nothing is ever restored into. */
  readonly production: boolean
  readonly version: string | null
  readonly systemIdentifier: string | null
  /** Null before the first check. */
  readonly health: 'healthy' | 'degraded' | 'offline' | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewAdapter {
  readonly name: string
  readonly type: AdapterType
  readonly adapterId: string
  readonly config: JsonObject
  readonly production?: boolean | undefined
}

/** What the use-cases of adapters, jobs, profiles and dictionaries work on. */
export type Definitions = Pick<JobsContext, 'state' | 'seal' | 'clock'>

/** In the place of a secret for those who may not see it; a change that sends it back keeps the secret. */
export const HIDDEN = '********'

/** How many checks may fail, one after the other, before a server counts as offline. */
const OFFLINE_AFTER = 3

/** The newest first. */
export async function listAdapters(context: Definitions, type?: AdapterType): Promise<Adapter[]> {
  const query = context.state.selectFrom('adapters').selectAll()
  const rows = await (type ? query.where('type', '=', type) : query)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map((row) => readAdapter(context, row))
}

/** Throws `adapter-unknown`, also where it is of another type. */
export async function findAdapter(context: Definitions, id: string, type?: AdapterType): Promise<Adapter> {
  const row = await context.state.selectFrom('adapters').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || (type && row.type !== type)) {
    const what = { database: 'source', storage: 'destination', notification: 'notification channel' }
    throw new Fault('adapter-unknown', `There is no such ${type ? what[type] : 'adapter'}.`)
  }
  return readAdapter(context, row)
}

/** Throws `adapter-config`, `name-taken`. */
export async function createAdapter(context: Definitions, adapter: NewAdapter): Promise<Adapter> {
  const name = readName(adapter.name)
  checkConfig(adapter.type, adapter.adapterId, adapter.config)
  await refuseTakenName(context.state, 'adapters', name)
  const id = crypto.randomUUID()
  const now = context.clock.now().getTime()
  const row = await unlessTaken(
    name,
    context.state
      .insertInto('adapters')
      .values({
        id,
        name,
        type: adapter.type,
        adapter_id: adapter.adapterId,
        config: context.seal.close(JSON.stringify(adapter.config), purposeOf(id)),
        production: adapter.production ? 1 : 0,
        version: null,
        system_identifier: null,
        failures: null,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readAdapter(context, row)
}

/** The configuration is merged with what there is; null takes a field out. Throws as `createAdapter`, `adapter-unknown`. */
export async function changeAdapter(
  context: Definitions,
  id: string,
  changes: {
    readonly name?: string | undefined
    readonly config?: JsonObject | undefined
    readonly production?: boolean | undefined
  },
): Promise<Adapter> {
  const before = await findAdapter(context, id)
  const name = changes.name === undefined ? before.name : readName(changes.name)
  const config = mergedConfig(before, changes.config ?? {})
  checkConfig(before.type, before.adapterId, config)
  await refuseTakenName(context.state, 'adapters', name, id)
  const row = await unlessTaken(
    name,
    context.state
      .updateTable('adapters')
      .set({
        name,
        config: context.seal.close(JSON.stringify(config), purposeOf(id)),
        production: (changes.production ?? before.production) ? 1 : 0,
        // What another server said of itself must not speak for this one.
        ...(leadsElsewhere(before.config, config) && { version: null, system_identifier: null }),
        updated_at: context.clock.now().getTime(),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readAdapter(context, row)
}

/** Throws `adapter-unknown`, `adapter-in-use`. */
export async function removeAdapter(context: Definitions, id: string): Promise<void> {
  const { name } = await findAdapter(context, id)
  await context.state.transaction().execute(async (transaction) => {
    const jobs = await jobsWith(transaction, id)
    if (jobs.length > 0) {
      throw new Fault(
        'adapter-in-use',
        `"${name}" is used by jobs: ${jobs.slice(0, 5).join(', ')}${jobs.length > 5 ? ' …' : '.'}`,
        { remedy: 'Give these jobs another one, or delete them.' },
      )
    }
    await transaction.deleteFrom('health_checks').where('adapter_id', '=', id).execute()
    await transaction.deleteFrom('storage_usage').where('adapter_id', '=', id).execute()
    await transaction.deleteFrom('download_links').where('adapter_id', '=', id).execute()
    await transaction.deleteFrom('adapters').where('id', '=', id).execute()
  })
}

/** Its configuration for those who may not see secrets. */
export function hiddenConfig({ adapterId, config }: Adapter): JsonObject {
  const { secrets } = adapterKind(adapterId)
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, secrets.includes(name) ? HIDDEN : value]),
  )
}

/** What a server said of itself when it was last asked. */
export async function noteServer(
  state: State,
  id: string,
  { version, systemIdentifier }: { readonly version: string; readonly systemIdentifier: string | null },
): Promise<void> {
  await state
    .updateTable('adapters')
    .set({ version, system_identifier: systemIdentifier })
    .where('id', '=', id)
    .execute()
}

/** The database of a source, or another one of its server. Throws `adapter-config`. */
export function targetOfSource(adapter: Adapter, database?: string): Target {
  return readSourceConfig(adapter.config, database)
}

export function healthOf(failures: number | null): Adapter['health'] {
  if (failures === null) return null
  return failures === 0 ? 'healthy' : failures < OFFLINE_AFTER ? 'degraded' : 'offline'
}

function readAdapter({ seal }: Definitions, row: Selectable<AdaptersTable>): Adapter {
  return {
    id: row.id,
    name: row.name,
    type: row.type as AdapterType,
    adapterId: row.adapter_id,
    config: JSON.parse(seal.open(row.config, purposeOf(row.id))),
    production: row.production === 1,
    version: row.version,
    systemIdentifier: row.system_identifier,
    health: healthOf(row.failures),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

function purposeOf(id: string): string {
  return `adapter ${id}`
}

function checkConfig(type: AdapterType, adapterId: string, config: JsonObject): void {
  const kind = adapterKind(adapterId)
  if (kind.type !== type) {
    throw new Fault('adapter-config', `"${adapterId}" is an adapter of type ${kind.type}, not ${type}.`)
  }
  kind.check(config)
}

function leadsElsewhere(before: JsonObject, after: JsonObject): boolean {
  return before.host !== after.host || before.port !== after.port
}

function mergedConfig({ adapterId, config }: Adapter, changes: JsonObject): JsonObject {
  const { secrets } = adapterKind(adapterId)
  const given = Object.entries(changes).filter(
    ([name, value]) => !(secrets.includes(name) && value === HIDDEN),
  )
  return Object.fromEntries(
    Object.entries({ ...config, ...Object.fromEntries(given) }).filter(([, value]) => value !== null),
  )
}

/** Names of the jobs that could not go on without it. */
async function jobsWith(transaction: StateTransaction, id: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom('jobs')
    .select(['name', 'source_id', 'destination_id', 'notification_ids', 'notification_events', 'targets'])
    .execute()
  const uses = (row: (typeof rows)[number]) =>
    row.source_id === id ||
    row.destination_id === id ||
    channelsOf({
      notificationIds: JSON.parse(row.notification_ids),
      notificationEvents: JSON.parse(row.notification_events),
    }).has(id) ||
    (JSON.parse(row.targets) as { targetSourceId: string }[]).some(
      ({ targetSourceId }) => targetSourceId === id,
    )
  return rows.filter(uses).map(({ name }) => name)
}
