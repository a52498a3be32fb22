import type { Context } from 'hono'
import { lacks } from '../../http/authentication.ts'
import type { AppVariables } from '../../http/environment.ts'
import type { Permission } from '../../http/permission.ts'
import { refuse } from '../../http/words.ts'
import { ADAPTER_TYPES, type AdapterType } from '../../jobs/definitions/adapter-kinds.ts'

/** What the document calls an adapter's type, and what permissions call it. */
const NAMES = {
  database: 'sources',
  storage: 'destinations',
  notification: 'notifications',
} as const satisfies Record<AdapterType, string>

type Act = 'read' | 'write'

export function permissionFor(type: AdapterType, act: Act): Permission {
  return `${NAMES[type]}:${act}`
}

export function may(c: Context<AppVariables>, permission: Permission): boolean {
  return c.get('caller').permissions.includes(permission)
}

/** The types of adapters that a caller may read or write. */
export function typesFor(c: Context<AppVariables>, act: Act): AdapterType[] {
  return ADAPTER_TYPES.filter((type) => may(c, permissionFor(type, act)))
}

/** The refusal of a caller that may not do it to adapters of the type; undefined where it may. */
export function lacksFor(c: Context<AppVariables>, type: AdapterType, act: Act): Response | undefined {
  return lacks(c, permissionFor(type, act))
}

/**
 * The refusal of a caller that may not do it to any adapter, before anything is looked up: whoever may do nothing learns
 * nothing of what there is.
 */
export function lacksForAll(c: Context<AppVariables>, act: Act): Response | undefined {
  if (typesFor(c, act).length > 0) return undefined
  const needed = ADAPTER_TYPES.map((type) => `"${permissionFor(type, act)}"`).join(', ')
  return refuse(c, 403, 'FORBIDDEN', `The key has none of the permissions ${needed}.`)
}
