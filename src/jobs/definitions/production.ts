import { Fault } from '../../lib/fault.ts'
import { type Adapter, type Definitions, listAdapters, targetOfSource } from './adapters.ts'

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

function isSameServer(left: Adapter, right: Adapter): boolean {
  if (left.id === right.id) return true
  if (left.systemIdentifier !== null && left.systemIdentifier === right.systemIdentifier) return true
  const [a, b] = [targetOfSource(left), targetOfSource(right)]
  return a.port === b.port && a.host.toLowerCase() === b.host.toLowerCase()
}
