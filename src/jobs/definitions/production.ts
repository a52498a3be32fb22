import { Fault } from '../../lib/fault.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import { type Adapter, type Definitions, listAdapters, noteServer, targetOfSource } from './adapters.ts'

/**
 * Refuses a server that is marked as production, under whatever name or address it is given: a mark counts for the whole
 * server, since a source names one database of it and jobs name others. Throws `production-target`.
 */
export async function refuseProduction(context: Definitions, target: Adapter): Promise<void> {
  const sources = await listAdapters(context, 'database')
  const marked = sources.find((source) => source.production && isSameServer(source, target))
  if (!marked) return
  throw new Fault(
    'production-target',
    marked.id === target.id
      ? `"${target.name}" is marked as production: nothing is restored into it.`
      : `"${target.name}" is the server of "${marked.name}", which is marked as production.`,
    { remedy: 'Restore into a server that is not, or take the mark away if it is wrong.' },
  )
}

/**
 * The identifiers of all clusters that are marked as production, for those who are connected to a server and so know which
 * one it is, by whatever address they came. A marked server that was never asked is asked now.
 */
export async function productionSystems(context: Definitions): Promise<string[]> {
  const sources = await listAdapters(context, 'database')
  const known = await Promise.all(
    sources
      .filter(({ production }) => production)
      .map((source) => source.systemIdentifier ?? askSystem(context, source)),
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

function isSameServer(left: Adapter, right: Adapter): boolean {
  if (left.id === right.id) return true
  if (left.systemIdentifier !== null && left.systemIdentifier === right.systemIdentifier) return true
  const [a, b] = [targetOfSource(left), targetOfSource(right)]
  return a.port === b.port && a.host.toLowerCase() === b.host.toLowerCase()
}
