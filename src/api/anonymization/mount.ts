import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { HttpSurface } from '../../http/app.ts'
import type { AppVariables } from '../../http/environment.ts'
import { onError, onInvalid } from '../../http/errors.ts'
import { plainRefusals } from '../../http/words.ts'
import { Fault } from '../../lib/fault.ts'
import type { ApiContext } from './context.ts'
import { anonymizationWords } from './error-words.ts'
import { addHandbookRoutes } from './routes/handbooks.ts'
import { addOperationRoutes } from './routes/operations.ts'
import { addStartRoutes } from './routes/start.ts'
import { addViewRoutes } from './routes/view.ts'

/** The documented anonymization API, with its own words for errors. */
export function anonymizationApi(context: ApiContext): HttpSurface {
  return {
    owns: (path) => /^\/(api\/stateless|operation|handbook)(\/|$)/.test(path),
    open: [],
    words: plainRefusals,
    tags: TAGS,
    mount: (app) => {
      const surface = new OpenAPIHono<AppVariables>({ defaultHook: onInvalid })
      const otherwise = onError(context.log, anonymizationWords)
      surface.onError((error, c) => (isUnknownRun(error) ? unknownRun(c) : otherwise(error, c)))
      addViewRoutes(surface, context)
      addStartRoutes(surface, context)
      addOperationRoutes(surface, context)
      addHandbookRoutes(surface)
      app.route('/', surface)
    },
  }
}

const TAGS = [
  {
    name: 'Stateless',
    description: 'Scan, dump and restore in the background; views of what a dictionary does.',
  },
  { name: 'Operations', description: 'Records of runs.' },
  { name: 'Handbooks', description: 'The values that fields may have.' },
]

function isUnknownRun(error: unknown): boolean {
  return error instanceof Fault && error.code === 'run-unknown'
}

/** The document gives this 404 the body of a validation error. */
function unknownRun(c: Context): Response {
  const problem = {
    loc: ['path', 'internal_operation_id'],
    msg: 'Operation run directory not found',
    type: 'not_found',
  }
  return c.json({ detail: [problem] }, 404)
}
