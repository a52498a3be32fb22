import type { Context, MiddlewareHandler } from 'hono'
import type { AppContext, AppVariables } from './environment.ts'

/** A path may be as long as a client likes. */
const LONGEST_PATH = 200

/**
 * Writes who asked for what and how it was answered, to the audit file and to the state: every request that changes
 * something or shows data, and every refusal; of those beyond a rate limit the first a minute.
 */
export function audited(app: AppContext): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    await next()
    if (!isWorthALine(c)) return
    // The query may hold a token.
    const entry = {
      caller: c.get('caller')?.name,
      method: c.req.method,
      path: c.req.path.slice(0, LONGEST_PATH),
      status: c.res.status,
    }
    app.audit.info({ ...entry, request: c.get('requestId'), ...c.get('audit') }, 'request')
    await addEntry(app, c, entry)
  }
}

function isWorthALine(c: Context<AppVariables>): boolean {
  if (c.get('audit') !== undefined) return true
  if (c.res.status === 429) return false
  return (c.req.method !== 'GET' && c.req.method !== 'HEAD') || c.res.status >= 400
}

interface Entry {
  readonly caller: string | undefined
  readonly method: string
  readonly path: string
  readonly status: number
}

/** What was asked for has been done by now: that it cannot be written down is told of, and changes no answer. */
async function addEntry(
  { state, clock, log }: AppContext,
  c: Context<AppVariables>,
  { caller, ...entry }: Entry,
): Promise<void> {
  const details = { trigger: 'api', request: c.get('requestId'), ...c.get('audit') }
  try {
    await state
      .insertInto('audit_log')
      .values({
        ...entry,
        at: clock.now().getTime(),
        caller: caller ?? null,
        address: c.get('address'),
        details: JSON.stringify(details),
      })
      .execute()
  } catch (error) {
    log.error({ reason: String(error) }, 'a line of the audit log cannot be written to the state')
  }
}
