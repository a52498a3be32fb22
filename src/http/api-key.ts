import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { Fault } from '../lib/fault.ts'
import { sha256Hex } from '../lib/sha256.ts'
import type { State } from '../store/state.ts'
import type { ApiKeysTable } from '../store/tables.ts'
import type { Permission } from './permission.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  /** Switched off for a while, unlike revoked. */
  readonly enabled: boolean
  readonly lastUsedAt: Date | null
}

/** `pgveil_<id>_<secret>`: the id finds the row, the secret's hash is compared. */
export const KEY = /^pgveil_([0-9a-f]{12})_([\w-]{43})$/

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
  return { id, text: keyText(id, secret) }
}

/** The part of a key that may be shown. */
export function keyPrefix(id: string): string {
  return `pgveil_${id}`
}

function keyText(id: string, secret: string): string {
  return `${keyPrefix(id)}_${secret}`
}

export async function listKeys(state: State): Promise<ApiKey[]> {
  const rows = await state.selectFrom('api_keys').selectAll().orderBy('created_at').execute()
  return rows.map(readKey)
}

/** A key that is not revoked. Throws `api-key-unknown`. */
export async function findKey(state: State, id: string): Promise<ApiKey> {
  const row = await state
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw unknownKey()
  return readKey(row)
}

/** Changes what is given of a key. Throws `api-key-unknown`. */
export async function changeKey(
  state: State,
  id: string,
  changes: {
    readonly name?: string | undefined
    readonly permissions?: readonly Permission[] | undefined
    readonly enabled?: boolean | undefined
    readonly expiresAt?: Date | null | undefined
  },
): Promise<ApiKey> {
  const { name, permissions, enabled, expiresAt } = changes
  const set = {
    ...(name !== undefined && { name }),
    ...(permissions !== undefined && { permissions: JSON.stringify(permissions) }),
    ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
    ...(expiresAt !== undefined && { expires_at: expiresAt?.getTime() ?? null }),
  }
  if (Object.keys(set).length === 0) return findKey(state, id)
  const row = await state
    .updateTable('api_keys')
    .set(set)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw unknownKey()
  return readKey(row)
}

/** Gives a key a new secret; the old text is worthless at once. Throws `api-key-unknown`. */
export async function rotateKey(state: State, id: string): Promise<{ readonly text: string }> {
  const secret = randomBytes(32).toString('base64url')
  const { numUpdatedRows } = await state
    .updateTable('api_keys')
    .set({ hash: hashOf(secret), last_used_at: null })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw unknownKey()
  return { text: keyText(id, secret) }
}

function readKey(row: Selectable<ApiKeysTable>): ApiKey {
  const time = (value: number | null) => (value === null ? null : new Date(value))
  return {
    id: row.id,
    name: row.name,
    permissions: JSON.parse(row.permissions),
    createdAt: new Date(row.created_at),
    expiresAt: time(row.expires_at),
    revokedAt: time(row.revoked_at),
    enabled: row.enabled === 1,
    lastUsedAt: time(row.last_used_at),
  }
}

function unknownKey(): Fault {
  return new Fault('api-key-unknown', 'There is no key of this id.')
}

/** Throws `api-key-unknown` where there is no such key, or it is revoked already. */
export async function revokeKey(state: State, id: string, now: Date): Promise<void> {
  const { numUpdatedRows } = await state
    .updateTable('api_keys')
    .set({ revoked_at: now.getTime() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw new Fault('api-key-unknown', 'There is no key of this id that is not revoked already.')
}

/** Whether any key was ever made: from then on the server asks for one, also when all are revoked. */
export async function hasKeys(state: State): Promise<boolean> {
  return (await state.selectFrom('api_keys').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** Hexadecimal SHA-256. */
export function hashOf(text: string): string {
  return sha256Hex(text)
}
