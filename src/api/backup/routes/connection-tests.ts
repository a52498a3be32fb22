import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { adapterKind } from '../../../jobs/definitions/adapter-kinds.ts'
import { findAdapter, targetOfSource } from '../../../jobs/definitions/adapters.ts'
import { readSourceConfig } from '../../../jobs/definitions/source-config.ts'
import { Fault } from '../../../lib/fault.ts'
import { listDatabases, surveyDatabases } from '../../../operations/survey-server.ts'
import type { Target } from '../../../postgres/connection/target.ts'
import { lacksForAll } from '../access.ts'
import { answerOf, connect, lacksForAdapter, readTested } from '../connection-tests.ts'
import type { BackupContext } from '../context.ts'
import { refuseHosts } from '../hosts.ts'
import { namedInBody } from '../named.ts'
import {
  accessSchema,
  statsRequestSchema,
  statsSchema,
  testedSchema,
  testSchema,
} from '../schemas/connection-tests.ts'
import { body, json, refusals } from './answers.ts'

const BY_TYPE = 'Permission: sources:read, destinations:read or notifications:read, by adapterId.'

const shared = { method: 'post' as const, tags: ['Connection Testing'] }

const testRoute = createRoute({
  ...shared,
  path: '/api/adapters/test-connection',
  operationId: 'testConnection',
  summary: 'Test a connection',
  description: `Connects to a database; writes, reads and removes a small file; or sends a test message. ${BY_TYPE}`,
  request: { body: body(testSchema) },
  responses: { ...refusals, 200: json(testedSchema, 'What came of it; success is false where it failed.') },
})

const accessRoute = createRoute({
  ...shared,
  path: '/api/adapters/access-check',
  operationId: 'listDatabases',
  summary: 'List databases',
  description: 'The databases that the user may connect to, without templates. Permission: sources:read.',
  request: { body: body(testSchema) },
  responses: { ...refusals, 200: json(accessSchema, 'The databases; success is false where it failed.') },
})

const statsRoute = createRoute({
  ...shared,
  path: '/api/adapters/database-stats',
  operationId: 'getDatabaseStats',
  summary: 'Sizes of databases',
  description:
    'Sizes and numbers of tables; tables are counted over a connection to each database. Permission: sources:read.',
  middleware: requires('sources:read'),
  request: { body: body(statsRequestSchema) },
  responses: { ...refusals, 200: json(statsSchema, 'The figures; success is false where it failed.') },
})

export function addConnectionTestRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(testRoute, async (c) => {
    const given = c.req.valid('json')
    const refused = lacksForAll(c, 'read') ?? lacksForAdapter(c, given.adapterId)
    if (refused) return refused as never
    const tested = await namedInBody(() => readTested(c, context, given))
    const answer = await answerOf(context, c.req.raw, async (signal) => ({
      message: 'Connection successful',
      ...(await connect(context, tested, signal)),
    }))
    return c.json(answer, 200)
  })
  app.openapi(accessRoute, async (c) => {
    const given = c.req.valid('json')
    const refused = lacksForAll(c, 'read') ?? lacksForAdapter(c, given.adapterId)
    if (refused) return refused as never
    refuseUnlessDatabase(given.adapterId)
    const { config } = await namedInBody(() => readTested(c, context, given))
    const target = readSourceConfig(config)
    const answer = await answerOf(context, c.req.raw, async (signal) => ({
      databases: await listDatabases(target, signal),
    }))
    return c.json(answer.success ? answer : { ...answer, databases: [] }, 200)
  })
  app.openapi(statsRoute, async (c) => {
    const target = await namedInBody(() => statsTarget(context, c.req.valid('json')))
    const answer = await answerOf(context, c.req.raw, async (signal) => ({
      databases: await surveyDatabases(target, signal),
    }))
    return c.json(answer.success ? answer : { ...answer, databases: [] }, 200)
  })
}

interface StatsBody {
  readonly adapterId?: string | undefined
  readonly config?: Readonly<Record<string, unknown>> | undefined
  readonly sourceId?: string | undefined
}

async function statsTarget(context: BackupContext, given: StatsBody): Promise<Target> {
  const { adapterId = '', config = {}, sourceId } = given
  if (sourceId !== undefined) {
    const source = await findAdapter(context, sourceId, 'database')
    await refuseHosts(context, source.adapterId, source.config)
    return targetOfSource(source)
  }
  refuseUnlessDatabase(adapterId)
  await refuseHosts(context, adapterId, config)
  return readSourceConfig(config)
}

/** Throws `adapter-config`. */
function refuseUnlessDatabase(adapterId: string): void {
  if (adapterKind(adapterId).type === 'database') return
  throw new Fault('adapter-config', `"${adapterId}" is no adapter of databases.`, {
    place: { field: 'adapterId' },
  })
}
