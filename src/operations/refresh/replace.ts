import type { Manifest } from '../../archive/manifest.ts'
import type { Toc } from '../../archive/toc/toc.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import { sql } from '../../lib/sql.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { readServer } from '../../postgres/introspect.ts'
import { ServerError, Session } from '../../postgres/session.ts'
import { PATIENT_SETTINGS } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import { openMaintenance, readProperties } from '../restore/prepare-database.ts'
import {
  type ArchiveSource,
  refuseIfConnected,
  refuseOlderServer,
  refuseSource,
  refuseStandby,
} from '../restore/target-checks.ts'
import { checkCopy } from './check/check.ts'
import { withTargetLocked } from './maintenance.ts'
import { refuseTargetName, type SideNames, sideNames } from './names.ts'
import type { RefreshOptions, RefreshResult } from './request.ts'
import { createShadow, dropOwn, refuseForeign } from './side-databases.ts'
import { rehearseCarryOver, type Swapped, swap } from './swap.ts'

/** What a copy was filled with. */
export interface Filled {
  readonly manifest: Manifest
  readonly toc: Toc
  readonly warnings: readonly Finding[]
}

/**
 * Replaces a database by a copy that is made beside it, looked at, and only then put in its place. Until that moment the
 * target is as it was, whatever fails, and whoever is killed; what is left is dropped now or by the next refresh.
 */
export async function replaceDatabase(
  context: Context,
  options: RefreshOptions,
  source: ArchiveSource,
  fill: (context: Context, copy: Target) => Promise<Filled>,
): Promise<RefreshResult> {
  const { target } = options
  refuseTargetName(target.database)
  const names = sideNames(target.database)
  const copy = { ...target, database: names.shadow }
  return withTargetLocked(context, target, async (guarded, session) => {
    await prepare(guarded, session, options, source, names)
    let filled: Filled
    let checked: readonly Finding[]
    let swapped: Swapped
    try {
      filled = await fill(guarded, copy).catch((error: unknown) => {
        throw asRefreshFault(error)
      })
      checked = await checkCopy(guarded, copy, options, filled)
      await analyze(guarded, copy)
      swapped = await swap(guarded, session, options, names)
    } catch (error) {
      await dropCopy(context, target, names)
      throw error
    }
    const cleaned = await clean(context, session, options, names)
    const tables = filled.manifest.tables.filter(({ file }) => file !== null)
    return {
      database: target.database,
      oldDatabase: swapped.hadOld && options.keepOld ? names.old : null,
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      swapMilliseconds: swapped.milliseconds,
      endedSessions: swapped.endedSessions,
      manifest: filled.manifest,
      warnings: [...filled.warnings, ...checked, ...cleaned],
    }
  })
}

/** Refuses what can be known to fail, drops what a killed refresh left, and makes the copy's database. */
async function prepare(
  context: Context,
  session: Session,
  options: RefreshOptions,
  source: ArchiveSource,
  names: SideNames,
): Promise<void> {
  const { target } = options
  context.onProgress({ stage: 'prepare', done: 0, total: 1 })
  const server = await readServer(session)
  const before = await readProperties(session, target.database)
  for (const one of [source, ...(options.notInto ?? [])]) {
    refuseSource(one, target, server, before?.oid ?? null)
  }
  refuseStandby(target, server)
  refuseOlderServer(source, server)
  if (options.connections === 'refuse') await refuseIfConnected(session, target.database)
  await refuseForeign(session, names)
  try {
    await dropOwn(session, [names.shadow, names.gone])
    await createShadow(session, target.database, names.shadow, before, source)
    await rehearseCarryOver(session, target, names)
  } catch (error) {
    await dropCopy(context, target, names)
    throw error instanceof ServerError ? prepareFault(target, error) : error
  }
}

async function analyze(context: Context, copy: Target): Promise<void> {
  context.onProgress({ stage: 'analyze', done: 0, total: 1 })
  const session = await Session.open(copy)
  try {
    await session.run(PATIENT_SETTINGS)
    await session.rowsUntil(context.signal, sql`ANALYZE`)
  } finally {
    await session.close()
  }
}

/** The target has been replaced: what fails now leaves a database too many, and is no failure of the refresh. */
async function clean(
  context: Context,
  session: Session,
  { target, keepOld }: RefreshOptions,
  names: SideNames,
): Promise<Finding[]> {
  context.onProgress({ stage: 'clean', done: 0, total: 1 })
  try {
    await dropOwn(session, keepOld ? [names.gone] : [names.gone, names.old])
    return []
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return [
      {
        code: 'refresh-swap',
        severity: 'warning',
        message: `An old copy of ${target.database} could not be dropped: ${error.message}`,
        remedy: 'The next refresh tries again.',
      },
    ]
  }
}

/** Runs where something failed, so it fails by itself in silence: the next refresh drops what stayed. */
async function dropCopy(context: Context, target: Target, names: SideNames): Promise<void> {
  try {
    const session = await openMaintenance(target)
    try {
      await dropOwn(session, [names.shadow])
    } finally {
      await session.close()
    }
  } catch {
    context.log.warn(`the database ${names.shadow} could not be dropped; the next refresh does so`)
  }
}

/** Drops what a refresh that was killed left beside its target; the target and the one that was kept stay. */
export async function sweepRefresh(context: Context, target: Target): Promise<readonly string[]> {
  const { shadow, gone } = sideNames(target.database)
  return withTargetLocked(context, target, (_, session) => dropOwn(session, [shadow, gone]))
}

/** A foreign key that rows violate is found by pg_restore already; and what it did in part is dropped. */
function asRefreshFault(error: unknown): unknown {
  if (!(error instanceof Fault && error.code === 'restore-failed')) return error
  const { message, place } = error
  return place?.relation?.startsWith('FK CONSTRAINT')
    ? new Fault('refresh-foreign-keys', message, {
        place,
        remedy: 'Mask the columns that the key joins alike. The target is as it was.',
        cause: error,
      })
    : new Fault('restore-failed', message, { place, remedy: 'The target is as it was.', cause: error })
}

function prepareFault(target: Target, error: ServerError): Fault {
  const message = `The copy for ${target.database} cannot be made: ${error.safeWords}.`
  return new Fault('refresh-swap', message, {
    remedy: 'The user must own the database and have CREATEDB, or be a superuser. The target is as it was.',
  })
}
