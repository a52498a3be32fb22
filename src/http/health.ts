import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { State } from '../store/state.ts'
import { VERSION } from '../version.ts'
import type { AppContext, AppVariables } from './environment.ts'

/** What was written so long ago can be written now: whoever asks without a key must not keep the disk busy. */
const WRITTEN_MILLISECONDS = 5000

/** Gives a check that throws unless the state file can be read and written: a full disk stops all runs. */
export function stateCheck({ state, clock }: Pick<AppContext, 'state' | 'clock'>): () => Promise<void> {
  let writtenAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.elapsed() - writtenAt >= WRITTEN_MILLISECONDS) {
      await write(state, clock.now())
      writtenAt = clock.elapsed()
    }
    await state.selectFrom('runs').select('number').limit(1).execute()
  }
}

/** Answers 200 while the state file can be read and written, else 503. */
export function addHealth(app: OpenAPIHono<AppVariables>, context: AppContext): void {
  const check = stateCheck(context)
  app.openapi(route, async (c) => {
    try {
      await check()
      return c.json({ status: 'ok' as const, version: VERSION }, 200)
    } catch (error) {
      context.log.error({ reason: String(error) }, 'the state file cannot be used')
      return c.json({ error_code: 'STATE_UNUSABLE', message: 'The state file cannot be used.' }, 503)
    }
  })
}

async function write(state: State, now: Date): Promise<void> {
  await state.updateTable('server').set({ written_at: now.getTime() }).execute()
}

const route = createRoute({
  method: 'get',
  path: '/health',
  tags: ['Server'],
  operationId: 'health',
  summary: 'Whether the server works',
  description: 'Answers 200 when the server can read and write its state file. It needs no key.',
  security: [],
  responses: {
    200: {
      description: 'It works.',
      content: {
        'application/json': {
          schema: z.object({
            status: z.literal('ok'),
            version: z.string().openapi({ example: VERSION }),
          }),
        },
      },
    },
    503: {
      description: 'The state file cannot be read or written: the disk may be full.',
      content: {
        'application/json': { schema: z.object({ error_code: z.string(), message: z.string() }) },
      },
    },
  },
})
