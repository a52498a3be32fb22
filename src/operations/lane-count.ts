import { readFreeConnections } from '../postgres/introspect.ts'
import type { Session } from '../postgres/session.ts'
import { defaultLanes } from './lanes.ts'

/** The others are for those whose database it is. */
const SHARE_OF_FREE = 1 / 2

/**
 * Over how many connections to work: as many as somebody asked for, or else one a core, but no more than half of those
 * that the server, the database and the user have left.
 */
export async function settleLanes(session: Session, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted
  const free = await readFreeConnections(session)
  return Math.max(1, Math.min(defaultLanes(), Math.floor(free * SHARE_OF_FREE)))
}
