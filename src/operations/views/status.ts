import type { Finding } from '../../lib/fault.ts'
import { Session } from '../../postgres/session.ts'
import { EMPTY_SEARCH_PATH } from '../../postgres/settings.ts'
import type { Context } from '../context.ts'
import { isOurs, readInstalled, stateOf, type ViewState } from './installed.ts'
import { planViews, type ViewsRequest } from './plan-views.ts'

export interface ViewStatus {
  readonly view: string
  /** The table that it stands for; null where there is none any more. */
  readonly table: { readonly schema: string; readonly name: string } | null
  readonly state: ViewState
  readonly readers: readonly string[]
}

export interface ViewsStatus {
  readonly views: readonly ViewStatus[]
  readonly current: boolean
  readonly warnings: readonly Finding[]
}

/** Compares the views that are there with those that the dictionaries and the tables make. Changes nothing. */
export async function viewsStatus(context: Context, request: ViewsRequest): Promise<ViewsStatus> {
  const planned = await planViews(context, request)
  const session = await Session.open(request.source)
  try {
    await session.run(EMPTY_SEARCH_PATH)
    const installed = (await readInstalled(session, request.viewsSchema)).filter(isOurs)
    const names = new Set([...planned.views.map(({ name }) => name), ...installed.map(({ name }) => name)])
    const views = [...names].sort().map((name): ViewStatus => {
      const there = installed.find((entry) => entry.name === name)
      const view = planned.views.find((candidate) => candidate.name === name)
      return {
        view: name,
        table: view ? { schema: view.relation.schema, name: view.relation.name } : null,
        state: stateOf(there, view),
        readers: there?.readers ?? [],
      }
    })
    return { views, current: views.every(({ state }) => state === 'current'), warnings: planned.warnings }
  } finally {
    await session.close()
  }
}
