import type { Manifest } from '../../archive/manifest.ts'
import { relationOfEntry } from '../../archive/toc/toc.ts'
import { relationKey, type Server } from '../../catalog/model.ts'
import { Fault } from '../../lib/fault.ts'
import { sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { readServer } from '../../postgres/introspect.ts'
import { chooseProgram, type Identify, type Program } from '../../postgres/programs.ts'
import type { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH, PATIENT_SETTINGS } from '../../postgres/settings.ts'
import type { StoredArchive } from '../../storage/stored-archive.ts'
import { type ProgramChoice, settleProgram } from '../program-choice.ts'
import { recreateDatabase } from './prepare-database.ts'
import type { RestoreRequest } from './request.ts'
import {
  type ArchiveSource,
  checkDiskSpace,
  refuseExtraTables,
  refuseOlderServer,
  refuseSource,
  refuseStandby,
  refuseUnlessEmpty,
} from './target-checks.ts'
import type { TargetSession } from './target-session.ts'

/** A target that was looked at, and the session that did. */
export interface OpenedTarget {
  readonly session: Session
  readonly server: Server
}

/** What is to go into a target. */
export interface Incoming {
  readonly target: Target
  readonly source: ArchiveSource
  /** Of the rows that will need space; none where there are no rows, or nobody knows of them yet. */
  readonly manifest?: Manifest | undefined
  /** Skip the checks of version and disk space. */
  readonly disableChecks: boolean
}

/** Connects to the target, made ready: it is not the source, and empty where it must be. */
export async function openTarget(
  request: RestoreRequest,
  archive: StoredArchive,
  connection: TargetSession,
): Promise<OpenedTarget> {
  const { target, content, existing, disableChecks } = request
  const { manifest } = archive
  if (existing === 'drop') {
    if (content === 'data') {
      throw new Fault('usage', '--drop-db would drop the structure that rows alone need.')
    }
    await recreateDatabase(target, manifest, (server) => {
      if (!disableChecks) refuseOlderServer(manifest, server)
    })
  }
  const incoming = {
    target,
    source: manifest,
    manifest: content === 'structure' ? undefined : manifest,
    disableChecks,
  }
  return lookAt(incoming, connection, async (session) => {
    if (content !== 'data' && existing === 'refuse') await refuseUnlessEmpty(session)
    if (content !== 'data' && existing === 'clean') {
      const archived = archive.toc.entries.filter((entry) => entry.description === 'TABLE')
      const keys = new Set(archived.map((entry) => relationKey(relationOfEntry(entry))))
      await refuseExtraTables(session, manifest, keys)
    }
  })
}

/** Connects to a target that must be empty. Throws `target-…`, `disk-space`, `connection-failed`. */
export function openEmptyTarget(incoming: Incoming, connection: TargetSession): Promise<OpenedTarget> {
  return lookAt(incoming, connection, refuseUnlessEmpty)
}

async function lookAt(
  { target, source, manifest, disableChecks }: Incoming,
  connection: TargetSession,
  check: (session: Session) => Promise<void>,
): Promise<OpenedTarget> {
  const session = await connection.open()
  await session.run(sql`SET jit = off; ${PATIENT_SETTINGS}; ${EMPTY_SEARCH_PATH}`)
  const server = await readServer(session)
  refuseSource(source, target, server, server.databaseOid)
  refuseStandby(target, server)
  if (!disableChecks) {
    refuseOlderServer(source, server)
    if (manifest) await checkDiskSpace(session, manifest)
  }
  await check(session)
  return { session, server }
}

/** A pg_restore that reads an archive of a pg_dump of this major, of the target's own major where there is one. */
export async function settlePgRestore(
  programs: ProgramChoice,
  dumpMajor: number,
  { versionNumber }: Server,
  identify: Identify,
): Promise<Program> {
  const targetMajor = Math.floor(versionNumber / 10000)
  if (programs.pgRestore === undefined && programs.byMajor.size === 0) {
    const wanted = Math.max(dumpMajor, targetMajor)
    return chooseProgram('pg_restore', wanted, process.env, identify).catch(() =>
      chooseProgram('pg_restore', dumpMajor, process.env, identify),
    )
  }
  return settleProgram(programs, 'pg_restore', dumpMajor, identify)
}
