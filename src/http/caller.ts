import { timingSafeEqual } from 'node:crypto'
import type { Secret } from '../lib/secret.ts'
import type { State } from '../store/state.ts'
import { hashOf, KEY } from './api-key.ts'
import { PERMISSIONS, type Permission } from './permission.ts'

/** Who asks: a key by its id, or anybody where the server is open. */
export interface Caller {
  readonly name: string
  readonly permissions: readonly Permission[]
}

export const ANYBODY: Caller = { name: 'anybody', permissions: PERMISSIONS }

/** The key of PGVEIL_API_TOKEN. */
const ENVIRONMENT: Caller = { name: 'environment', permissions: PERMISSIONS }

/** How often the last use of a key is written down. */
const NOTED_MILLISECONDS = 60_000

/**
 * Who a key belongs to; undefined where it is unknown, revoked, disabled or expired. All comparisons take the same time.
 * That the key was used is noted, once a minute.
 */
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
  if (row.enabled !== 1) return undefined
  if (row.expires_at !== null && row.expires_at <= now.getTime()) return undefined
  if (now.getTime() - (row.last_used_at ?? 0) >= NOTED_MILLISECONDS) await noteUse(state, id, now)
  return { name: row.id, permissions: JSON.parse(row.permissions) }
}

/** A disk that is full must not keep anybody out. */
async function noteUse(state: State, id: string, now: Date): Promise<void> {
  await state
    .updateTable('api_keys')
    .set({ last_used_at: now.getTime() })
    .where('id', '=', id)
    .execute()
    .catch(() => {})
}

function sameHash(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
