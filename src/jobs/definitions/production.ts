import { Fault } from '../../lib/fault.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { type Adapter, type Definitions, listAdapters, noteServer, targetOfSource } from './adapters.ts'
import { isSameAddress } from './same-address.ts'

/**
 * Refuses a server that is marked as production, under whatever name or address it is given: a mark counts for the whole
 * server, since a source names one database of it and jobs name others. Throws `production-target`.
 */
export async function refuseProduction(context: Definitions, target: Adapter): Promise<void> {
  for (const marked of await markedSources(context)) {
    if (marked.id === target.id) throw refused(`"${target.name}" is marked as production`)
    const { systemIdentifier } = target
    const isSameCluster = systemIdentifier !== null && marked.systemIdentifier === systemIdentifier
    if (isSameCluster || (await isSameAddress(targetOfSource(marked), targetOfSource(target)))) {
      throw refused(`"${target.name}" is the server of "${marked.name}", which is marked as production`)
    }
  }
}

/** The same of a server that was asked for some time ago, perhaps before the mark was set. Throws `production-target`. */
export async function refuseProductionAddress(
  context: Definitions,
  { name, server }: { readonly name: string; readonly server: Pick<Target, 'host' | 'port'> },
): Promise<void> {
  for (const marked of await markedSources(context)) {
    if (!(await isSameAddress(targetOfSource(marked), server))) continue
    throw refused(`"${name}" is the server of "${marked.name}", which is marked as production`)
  }
}

function refused(why: string): Fault {
  return new Fault('production-target', `${why}: nothing is restored into it.`, {
    remedy: 'Restore into a server that is not, or take the mark away if it is wrong.',
  })
}

async function markedSources(context: Definitions): Promise<Adapter[]> {
  return (await listAdapters(context, 'database')).filter(({ production }) => production)
}

/**
 * The identifiers of all clusters that are marked as production, for those who are connected to a server and so know which
 * one it is, by whatever address they came. A marked server that was never asked is asked now.
 */
export async function productionSystems(context: Definitions): Promise<string[]> {
  const marked = await markedSources(context)
  const known = await Promise.all(
    marked.map((source) => source.systemIdentifier ?? askSystem(context, source)),
  )
  return known.filter((identifier) => identifier !== null)
}

/** Null where it does not answer: its address must do to tell it. */
async function askSystem({ state }: Definitions, source: Adapter): Promise<string | null> {
  try {
    const server = await identifyServer(targetOfSource(source), new AbortController().signal)
    await noteServer(state, source.id, server)
    return server.systemIdentifier
  } catch {
    return null
  }
}
