import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Fault } from '../lib/fault.ts'
import type { Secret } from '../lib/secret.ts'
import type { State } from '../store/state.ts'

/**
 * What a key may be allowed: `read` records of runs, `view` fields and rows of a database, `run` scans, dumps and
 * restores, `delete` their records and archives, `metrics`.
 */
export const PERMISSIONS = ['read', 'view', 'run', 'delete', 'metrics'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** Who asks: a key by its id, or anybody where the server is open. */
export interface Caller {
  readonly name: string
  readonly permissions: readonly Permission[]
}

export const ANYBODY: Caller = { name: 'anybody', permissions: PERMISSIONS }

/** The key of PGVEIL_API_TOKEN. */
const ENVIRONMENT: Caller = { name: 'environment', permissions: PERMISSIONS }

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** `pgveil_<id>_<secret>`: the id finds the row, the secret's hash is compared. */
const KEY = /^pgveil_([0-9a-f]{12})_([\w-]{43})$/

/** Makes a key. Its text is in what this returns, and nowhere afterwards. */
export async function createKey(
  state: State,
  key: {
    readonly name: string
    readonly permissions: readonly Permission[]
    readonly expiresAt: Date | null
  },
  now: Date,
): Promise<{ readonly id: string; readonly text: string }> {
  const id = randomBytes(6).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  await state
    .insertInto('api_keys')
    .values({
      id,
      name: key.name,
      hash: hashOf(secret),
      permissions: JSON.stringify(key.permissions),
      created_at: now.getTime(),
      expires_at: key.expiresAt?.getTime() ?? null,
      revoked_at: null,
    })
    .execute()
  return { id, text: `pgveil_${id}_${secret}` }
}

export async function listKeys(state: State): Promise<ApiKey[]> {
  const rows = await state.selectFrom('api_keys').selectAll().orderBy('created_at').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    permissions: JSON.parse(row.permissions),
    createdAt: new Date(row.created_at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at),
  }))
}

/** Throws `usage` where there is no such key. */
export async function revokeKey(state: State, id: string, now: Date): Promise<void> {
  const { numUpdatedRows } = await state
    .updateTable('api_keys')
    .set({ revoked_at: now.getTime() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw new Fault('usage', 'There is no key of this id that is not revoked already.')
}

/** Whether any key was ever made: from then on the server asks for one, also when all are revoked. */
export async function hasKeys(state: State): Promise<boolean> {
  return (await state.selectFrom('api_keys').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** Who a key belongs to; undefined where it is unknown, revoked or expired. All comparisons take the same time. */
export async function callerOf(
  state: State,
  given: string,
  token: Secret | undefined,
  now: Date,
): Promise<Caller | undefined> {
  if (token && sameHash(hashOf(given), hashOf(token.reveal()))) return ENVIRONMENT
  const [, id = '', secret = ''] = KEY.exec(given) ?? []
  if (id === '') return undefined
  const row = await state.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
  const matches = sameHash(hashOf(secret), row?.hash ?? hashOf(''))
  if (!row || !matches || row.revoked_at !== null) return undefined
  if (row.expires_at !== null && row.expires_at <= now.getTime()) return undefined
  return { name: row.id, permissions: JSON.parse(row.permissions) }
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}

function sameHash(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
