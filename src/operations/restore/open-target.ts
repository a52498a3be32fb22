import { relationOfEntry } from '../../archive/toc/toc.ts'
import { relationKey } from '../../catalog/model.ts'
import { Fault } from '../../lib/fault.ts'
import { sql } from '../../lib/sql.ts'
import { readServer } from '../../postgres/introspect.ts'
import { chooseProgram, type Program } from '../../postgres/programs.ts'
import { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { StoredArchive } from '../../storage/stored-archive.ts'
import { type ProgramChoice, settleProgram } from '../program-choice.ts'
import { recreateDatabase } from './prepare-database.ts'
import type { RestoreRequest } from './request.ts'
import {
  checkDiskSpace,
  refuseExtraTables,
  refuseOlderServer,
  refuseSource,
  refuseStandby,
  refuseUnlessEmpty,
} from './target-checks.ts'

/** Connects to the target, made ready: it is not the source, and empty where it must be. */
export async function openTarget(request: RestoreRequest, archive: StoredArchive): Promise<Session> {
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
  const session = await Session.open(target)
  try {
    await session.run(sql`SET jit = off; ${EMPTY_SEARCH_PATH}`)
    const server = await readServer(session)
    refuseSource(manifest, target, server, server.databaseOid)
    refuseStandby(target, server)
    if (!disableChecks) {
      refuseOlderServer(manifest, server)
      if (content !== 'structure') await checkDiskSpace(session, manifest)
    }
    if (content !== 'data' && existing === 'refuse') await refuseUnlessEmpty(session)
    if (content !== 'data' && existing === 'clean') {
      const archived = archive.toc.entries.filter((entry) => entry.description === 'TABLE')
      await refuseExtraTables(
        session,
        manifest,
        new Set(archived.map((entry) => relationKey(relationOfEntry(entry)))),
      )
    }
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** A pg_restore that reads an archive of a pg_dump of this major, of the target's own major where there is one. */
export async function settlePgRestore(
  programs: ProgramChoice,
  dumpMajor: number,
  session: Session,
): Promise<Program> {
  const { versionNumber } = await readServer(session)
  const targetMajor = Math.floor(versionNumber / 10000)
  if (programs.pgRestore === undefined && programs.byMajor.size === 0) {
    const wanted = Math.max(dumpMajor, targetMajor)
    return chooseProgram('pg_restore', wanted, process.env).catch(() =>
      chooseProgram('pg_restore', dumpMajor, process.env),
    )
  }
  return settleProgram(programs, 'pg_restore', dumpMajor)
}
