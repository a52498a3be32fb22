import type { MiddlewareHandler } from 'hono'
import { refuse } from './words.ts'

/** Names by which a machine calls itself. */
const OWN_NAMES = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/**
 * A server without keys trusts its own machine, whose browser visits other people's pages. A page's requests name the
 * page (`Origin`), or come under a name that its owner had pointed at us (`Host`, DNS rebinding); both are refused.
 */
export function sameSiteOnly(options: { readonly ownNamesOnly: () => Promise<boolean> }): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    const origin = c.req.header('origin')
    const foreign = origin !== undefined && hostOf(origin) !== host
    if (foreign || ((await options.ownNamesOnly()) && !OWN_NAMES.test(host))) {
      return refuse(c, 403, 'FORBIDDEN', 'Requests of other sites are refused.')
    }
    return next()
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
