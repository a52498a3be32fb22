import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { rateLimiter } from 'hono-rate-limiter'
import { VERSION } from '../version.ts'
import { hasKeys } from './api-key.ts'
import { audited } from './audit.ts'
import { authenticate, requires } from './authentication.ts'
import { addDocsPage, DOCS_PATH, DOCS_POLICY } from './docs-page.ts'
import type { AppContext, AppVariables } from './environment.ts'
import { notFound, onError, onInvalid, plainWords } from './errors.ts'
import { addHealth } from './health.ts'
import { refuseDeepJson } from './json-depth.ts'
import { Metrics } from './metrics.ts'
import { sameSiteOnly } from './same-site.ts'

/** Bytes of a request's body. Dictionaries are texts that people write or scans make; large ones have a megabyte. */
export const LARGEST_BODY = 16 * 1024 * 1024

/** Adds the routes of one surface. */
export type MountSurface = (app: OpenAPIHono<AppVariables>) => void

/** The whole server's app: what all routes share, the surfaces, and what belongs to none of them. */
export function createApp(context: AppContext, surfaces: readonly MountSurface[]): OpenAPIHono<AppVariables> {
  const app = new OpenAPIHono<AppVariables>({ defaultHook: onInvalid })
  const metrics = new Metrics(context.state)
  app.onError(onError(context.log, plainWords))
  app.notFound(notFound)
  app.use(requestId(), metrics.timing(), securityHeaders())
  addHealth(app, context)
  app.use(
    limitRate(context),
    audited(context.audit),
    sameSiteOnly({ ownNamesOnly: () => isUnguarded(context) }),
    authenticate(context),
    methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }),
    bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }),
    refuseDeepJson,
  )
  for (const mount of surfaces) mount(app)
  addMetrics(app, metrics)
  addOpenApi(app)
  addDocsPage(app)
  return app
}

/** What browsers may do with answers: nothing, but for the page of the API. */
function securityHeaders(): MiddlewareHandler<AppVariables> {
  const options = {
    referrerPolicy: 'no-referrer',
    // The server itself speaks plain HTTP; who puts TLS before it decides about this.
    strictTransportSecurity: false,
  }
  const contentSecurityPolicy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }
  const ofAnswers = secureHeaders({ ...options, contentSecurityPolicy })
  const ofPage = secureHeaders({ ...options, contentSecurityPolicy: DOCS_POLICY })
  return (c, next) => (c.req.path === DOCS_PATH ? ofPage : ofAnswers)(c, next)
}

async function isUnguarded({ loopback, token, state }: AppContext): Promise<boolean> {
  return loopback && token === undefined && !(await hasKeys(state))
}

function limitRate({ rateLimit, addressOf, loopback }: AppContext) {
  return rateLimiter<AppVariables>({
    windowMs: 60_000,
    limit: rateLimit,
    standardHeaders: 'draft-6',
    skip: () => loopback,
    keyGenerator: (c) => addressOf(c.req.raw),
    handler: (c) =>
      c.json({ error_code: 'TOO_MANY_REQUESTS', message: 'Too many requests; try again later.' }, 429),
  })
}

function tooLarge(c: Context): Response {
  return c.json(
    { error_code: 'BODY_TOO_LARGE', message: `The body has more than ${LARGEST_BODY} bytes.` },
    413,
  )
}

function wrongMethod(c: Context, methods: readonly string[]): Response {
  const allowed = methods.join(', ')
  return c.json({ error_code: 'METHOD_NOT_ALLOWED', message: `It answers ${allowed}.` }, 405, {
    allow: allowed,
  })
}

function addMetrics(app: OpenAPIHono<AppVariables>, { registry }: Metrics): void {
  const route = createRoute({
    method: 'get',
    path: '/metrics',
    tags: ['Server'],
    operationId: 'metrics',
    summary: 'Figures for Prometheus',
    description: "Figures of the server in Prometheus's text format. Permission: metrics.",
    middleware: requires('metrics'),
    responses: {
      200: {
        description: 'The figures.',
        content: { 'text/plain': { schema: z.string() } },
      },
      401: { description: 'A key is needed.' },
      403: { description: 'The key lacks the permission.' },
    },
  })
  app.openapi(route, async (c) =>
    c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
}

function addOpenApi(app: OpenAPIHono<AppVariables>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of `pgveil keys create`. Needed once there is one, or where other machines can reach the server.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'pgveil',
      version: VERSION,
      description: 'Finds personal data in a PostgreSQL database and makes a copy that holds none.',
    },
    servers: [{ url: '/' }],
    security: [{}, { key: [] }],
    tags: TAGS,
  })
}

const TAGS = [
  {
    name: 'Stateless',
    description: 'Scan, dump and restore in the background; views of what a dictionary does.',
  },
  { name: 'Operations', description: 'Records of runs.' },
  { name: 'Handbooks', description: 'The values that fields may have.' },
  { name: 'Server', description: 'The server itself.' },
]
