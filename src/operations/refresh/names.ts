import { Fault } from '../../lib/fault.ts'
import { sha256Hex } from '../../lib/sha256.ts'

/** The databases that stand beside a target while it is refreshed, and after. */
export interface SideNames {
  /** The copy that is being made. */
  readonly shadow: string
  /** The target as it was before the last refresh. */
  readonly old: string
  /** The target as it was before the refresh before, on its way out. */
  readonly gone: string
}

/** PostgreSQL makes databases from template1 and template0; what stands in them would stand in each that is made after. */
const NEVER_REPLACED = /^template[01]$|_pgveil_(new|old|gone)$/

/** Throws `database-mapping` for a name under which nothing is ever put: templates of the server, and names of our own. */
export function refuseTargetName(database: string): void {
  if (!NEVER_REPLACED.test(database)) return
  throw new Fault('database-mapping', `The database ${JSON.stringify(database)} is never replaced.`, {
    remedy: 'Map the database of the backup to another name.',
  })
}

/** NAMEDATALEN - 1. */
const MOST_BYTES = 63

export function sideNames(database: string): SideNames {
  return {
    shadow: sideName(database, '_pgveil_new'),
    old: sideName(database, '_pgveil_old'),
    gone: sideName(database, '_pgveil_gone'),
  }
}

/** PostgreSQL would cut a name that is too long, two of them to the same perhaps; here a hash keeps them apart. */
function sideName(database: string, suffix: string): string {
  if (Buffer.byteLength(database + suffix) <= MOST_BYTES) return database + suffix
  const hash = sha256Hex(database).slice(0, 8)
  const tail = `_${hash}${suffix}`
  let begin = ''
  for (const sign of database) {
    if (Buffer.byteLength(begin + sign + tail) > MOST_BYTES) break
    begin += sign
  }
  return begin + tail
}
