import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { VERSION } from '../version.ts'
import { hasKeys } from './api-key.ts'
import { audited } from './audit.ts'
import { authenticate, requires } from './authentication.ts'
import { clientAddress } from './client-address.ts'
import { addDocsPage, DOCS_PATH, DOCS_POLICY } from './docs-page.ts'
import type { AppContext, AppVariables } from './environment.ts'
import { notFound, onError, onInvalid, plainWords } from './errors.ts'
import { addHealth } from './health.ts'
import { refuseDeepJson } from './json-depth.ts'
import { Metrics } from './metrics.ts'
import { limitRate, SurfaceLimits } from './rate-limits.ts'
import { sameSiteOnly } from './same-site.ts'
import type { SurfaceRules } from './surface.ts'
import { plainRefusals, refuse } from './words.ts'

/** Bytes of a request's body. Dictionaries are texts that people write or scans make; large ones have a megabyte. */
export const LARGEST_BODY = 16 * 1024 * 1024

/** One documented API: what holds for its paths, and its routes. */
export interface HttpSurface extends SurfaceRules {
  readonly mount: (app: OpenAPIHono<AppVariables>) => void
}

/** The whole server's app: what all routes share, the surfaces, and what belongs to none of them. */
export function createApp(context: AppContext, surfaces: readonly HttpSurface[]): OpenAPIHono<AppVariables> {
  const app = new OpenAPIHono<AppVariables>({ defaultHook: onInvalid })
  const metrics = new Metrics(context.state)
  app.onError(onError(context.log, plainWords))
  app.notFound(notFound)
  const limits = new SurfaceLimits(surfaces, context.clock)
  app.use(requestId(), metrics.timing(), securityHeaders(), placed(context, surfaces))
  addHealth(app, context)
  app.use(
    audited(context),
    limitRate(context),
    limits.check,
    sameSiteOnly({ ownNamesOnly: () => isUnguarded(context) }),
    authenticate(context, (c) => limits.refuseGuess(c)),
    methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }),
    bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }),
    refuseDeepJson,
  )
  for (const { mount } of surfaces) mount(app)
  addMetrics(app, metrics)
  addOpenApi(app, surfaces)
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

/** Settles who asks and which API is asked: all that refuses a request needs to know. */
function placed(
  { addressOf, trustedProxies }: AppContext,
  surfaces: readonly SurfaceRules[],
): MiddlewareHandler<AppVariables> {
  return async (c, next) => {
    const surface = surfaces.find(({ owns }) => owns(c.req.path))
    c.set('surface', surface)
    c.set('words', surface?.words ?? plainRefusals)
    c.set('address', clientAddress(addressOf(c.req.raw), c.req.header('x-forwarded-for'), trustedProxies))
    return next()
  }
}

function tooLarge(c: Context): Response {
  return refuse(c, 413, 'BODY_TOO_LARGE', `The body has more than ${LARGEST_BODY} bytes.`)
}

function wrongMethod(c: Context, methods: readonly string[]): Response {
  const allowed = methods.join(', ')
  return refuse(c, 405, 'METHOD_NOT_ALLOWED', `It answers ${allowed}.`, { allow: allowed })
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

function addOpenApi(app: OpenAPIHono<AppVariables>, surfaces: readonly HttpSurface[]): void {
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
    tags: [...surfaces.flatMap(({ tags }) => tags), SERVER_TAG],
  })
}

const SERVER_TAG = { name: 'Server', description: 'The server itself.' }
