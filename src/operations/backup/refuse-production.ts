import { Fault } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { identifyServer } from '../survey-server.ts'
import type { RefreshTarget } from './request.ts'

/**
 * Asks a server which cluster it is, and refuses one that is marked as production: an address may lead to it that nobody
 * knew of when the mark was set. Throws `production-target`, `connection-failed`.
 */
export async function refuseProductionSystem(context: Context, target: RefreshTarget): Promise<void> {
  if (target.neverInto.length === 0) return
  refuseMarkedSystem(target, (await identifyServer(target.server, context.signal)).systemIdentifier)
}

/** The same for a server that was asked already. Throws `production-target`. */
export function refuseMarkedSystem(
  { name, neverInto }: Pick<RefreshTarget, 'name' | 'neverInto'>,
  systemIdentifier: string | null,
): void {
  if (neverInto.length === 0) return
  if (systemIdentifier !== null && !neverInto.includes(systemIdentifier)) return
  throw new Fault(
    'production-target',
    systemIdentifier === null
      ? `"${name}" does not tell which server it is, so that it may be one that is marked as production.`
      : `"${name}" is a server that is marked as production: nothing is restored into it.`,
    {
      remedy:
        systemIdentifier === null
          ? 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() to its user.'
          : 'Restore into a server that is not, or take the mark away if it is wrong.',
    },
  )
}
