import type { Context, MiddlewareHandler } from 'hono'
import { ANYBODY, type Caller, callerOf, hasKeys, type Permission } from './api-key.ts'
import type { AppContext, AppVariables } from './environment.ts'

/**
 * Settles who asks, by `Authorization: Bearer …` or `Token …`. Without any key in the state the server is open where only
 * its own machine reaches it.
 */
export function authenticate(app: AppContext): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    const caller = await callerFor(app, c.req.header('authorization'))
    if (!caller) return unauthorized(c)
    c.set('caller', caller)
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
  c.header('www-authenticate', 'Bearer')
  return c.json({ error_code: 'UNAUTHORIZED', message: 'A key is needed: Authorization: Bearer <key>.' }, 401)
}

/** Lets through who has the permission that a route names. */
export function requires(permission: Permission): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    if (c.get('caller').permissions.includes(permission)) return next()
    return c.json({ error_code: 'FORBIDDEN', message: `The key lacks the permission "${permission}".` }, 403)
  }
}
