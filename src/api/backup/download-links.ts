import { randomBytes } from 'node:crypto'
import { Fault } from '../../lib/fault.ts'
import { sha256Hex } from '../../lib/sha256.ts'
import type { State } from '../../store/state.ts'

/** How long a link holds; `expiresIn` says so. */
const LINK_MILLISECONDS = 5 * 60 * 1000

/** What a link leads to. */
export interface LinkedFile {
  readonly adapterId: string
  readonly path: string
  readonly decrypt: boolean
}

/** Makes a link for one download and gives its token, of which a hash is kept: 256 random bits need no slow one. */
export async function createLink(state: State, file: LinkedFile, now: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await state
    .insertInto('download_links')
    .values({
      hash: hashOf(token),
      adapter_id: file.adapterId,
      path: file.path,
      decrypt: file.decrypt ? 1 : 0,
      expires_at: now.getTime() + LINK_MILLISECONDS,
      claimed_at: null,
    })
    .execute()
  return token
}

/** Takes a link: of several who come at once, one gets it. Throws `download-link`. */
export async function claimLink(state: State, token: string, now: Date): Promise<LinkedFile> {
  const row = await state
    .updateTable('download_links')
    .set({ claimed_at: now.getTime() })
    .where('hash', '=', hashOf(token))
    .where('claimed_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .returning(['adapter_id', 'path', 'decrypt'])
    .executeTakeFirst()
  if (!row) throw useless()
  return { adapterId: row.adapter_id, path: row.path, decrypt: row.decrypt === 1 }
}

/** Gives a link back of which nothing came: whoever holds it may try again while it holds. */
export async function releaseLink(state: State, token: string): Promise<void> {
  await state
    .updateTable('download_links')
    .set({ claimed_at: null })
    .where('hash', '=', hashOf(token))
    .execute()
}

/** Whether a link could be taken, without taking it. Throws `download-link`. */
export async function lookAtLink(state: State, token: string, now: Date): Promise<void> {
  const row = await state
    .selectFrom('download_links')
    .select('hash')
    .where('hash', '=', hashOf(token))
    .where('claimed_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  if (!row) throw useless()
}

function useless(): Fault {
  return new Fault('download-link', 'The link is unknown, was used already, or has expired.', {
    remedy: 'Ask for a new one.',
  })
}

function hashOf(token: string): string {
  return sha256Hex(token)
}
