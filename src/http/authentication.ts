import type { Context, MiddlewareHandler } from 'hono'
import { hasKeys } from './api-key.ts'
import { ANYBODY, type Caller, callerOf } from './caller.ts'
import type { AppContext, AppVariables } from './environment.ts'
import type { Permission } from './permission.ts'
import { refuse } from './words.ts'

/**
 * Settles who asks, by `Authorization: Bearer …` or `Token …`. Without any key in the state the server is open where only
 * its own machine reaches it. `onRefused` may answer for the 401.
 */
export function authenticate(
  app: AppContext,
  onRefused: (c: Context<AppVariables>) => Response | undefined,
): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    const caller = await callerFor(app, c.req.header('authorization'))
    if (caller) c.set('caller', caller)
    else if (!c.get('surface')?.open.includes(c.req.path)) return onRefused(c) ?? unauthorized(c)
    return next()
  }
}

async function callerFor(app: AppContext, header: string | undefined): Promise<Caller | undefined> {
  const { state, token, clock } = app
  const [, given] = /^(?:bearer|token)\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  if (given !== undefined) {
    const caller = await callerOf(state, given, token, clock.now())
    if (caller) return caller
  }
  const asks = !app.open || token !== undefined || (await hasKeys(state))
  return asks ? undefined : ANYBODY
}

function unauthorized(c: Context): Response {
  return refuse(c, 401, 'UNAUTHORIZED', 'A key is needed: Authorization: Bearer <key>.', {
    'www-authenticate': 'Bearer',
  })
}

/** Lets through who has the permission that a route names. */
export function requires(permission: Permission): MiddlewareHandler<AppVariables> {
  return async (c, next) => lacks(c, permission) ?? next()
}

/** The refusal of a caller that has not the permission; undefined where it has. */
export function lacks(c: Context<AppVariables>, permission: Permission): Response | undefined {
  if (c.get('caller').permissions.includes(permission)) return undefined
  return refuse(c, 403, 'FORBIDDEN', `The key lacks the permission "${permission}".`)
}
