import type { MiddlewareHandler } from 'hono'
import type { Log } from '../lib/log.ts'
import type { AppVariables } from './environment.ts'

/** Writes who asked for what and how it was answered: every request that changes something or shows data. */
export function audited(log: Log): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    await next()
    if (c.req.method === 'GET' && c.res.status < 400) return
    log.info(
      {
        caller: c.get('caller')?.name,
        method: c.req.method,
        path: c.req.path.slice(0, 200),
        status: c.res.status,
        request: c.get('requestId'),
        ...c.get('audit'),
      },
      'request',
    )
  }
}
