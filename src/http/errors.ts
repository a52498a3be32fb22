import type { Hook } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { asFault, type Fault } from '../lib/fault.ts'
import type { FaultCode } from '../lib/fault-codes.ts'
import type { Log } from '../lib/log.ts'
import type { AppVariables } from './environment.ts'
import { invalidRequest, type RequestProblem, refuse } from './words.ts'

/** For zod-openapi: a request that does not have the declared shape. */
export const onInvalid: Hook<unknown, AppVariables, string, Response | undefined> = (result, c) => {
  if (result.success) return undefined
  const place = PLACES[result.target] ?? result.target
  return invalidRequest(
    c,
    result.error.issues.map((issue) => problemOf(issue, place)),
  )
}

const PLACES: Readonly<Record<string, string>> = {
  json: 'body',
  param: 'path',
  query: 'query',
  header: 'header',
}

function problemOf(issue: z.core.$ZodIssue, place: string): RequestProblem {
  const loc = [place, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  // zod says in words alone that there is nothing at all.
  const missing = issue.code === 'invalid_type' && / received undefined$/.test(issue.message)
  return missing
    ? { loc, msg: 'Field required', type: 'missing' }
    : { loc, msg: issue.message, type: typeOf(issue) }
}

/** As pydantic calls them, which existing integrations were written against. */
function typeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? `${issue.expected}_type`
  if (issue.code === 'invalid_value') return 'enum'
  if (issue.code === 'too_big') return 'less_than_equal'
  if (issue.code === 'too_small') return 'greater_than_equal'
  return 'value_error'
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'int_parsing',
  int: 'int_parsing',
  boolean: 'bool_parsing',
  array: 'list_type',
  object: 'dict_type',
  record: 'dict_type',
}

/** How a surface puts a fault: with which status, and under which of its own codes. */
export interface FaultWords {
  readonly status: (fault: Fault) => ContentfulStatusCode
  readonly errorCode: (code: FaultCode) => string
  readonly message: (fault: Fault) => string
}

/** What an app answers where a handler throws. What nobody expected is logged, and answered without its words. */
export function onError(log: Log, words: FaultWords): (error: unknown, c: Context) => Response {
  return (error, c) => {
    if (error instanceof HTTPException) return ofException(error, c)
    const fault = asFault(error)
    if (fault.code !== 'internal') {
      return refuse(c, words.status(fault), words.errorCode(fault.code), words.message(fault))
    }
    log.error({ path: c.req.routePath, cause: describeCause(error) }, 'a request failed inside pgveil')
    return refuse(c, 500, 'INTERNAL_ERROR', 'Internal server error.')
  }
}

function ofException(error: HTTPException, c: Context): Response {
  if (error.res) return error.getResponse()
  if (error.status === 400) {
    return invalidRequest(c, [{ loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }])
  }
  if (error.status === 415) {
    return invalidRequest(c, [
      {
        loc: ['header', 'content-type'],
        msg: 'The body must be of type application/json',
        type: 'value_error',
      },
    ])
  }
  return refuse(c, error.status, 'BAD_REQUEST', error.message)
}

/** Class and stack, and no message: a driver's may quote a value. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const stack = error.stack ?? ''
  return `${error.name}\n${stack.slice(stack.indexOf('\n    at ') + 1)}`
}

/** The words of what belongs to no surface. */
export const plainWords: FaultWords = {
  status: (fault) => (fault.code === 'run-unknown' ? 404 : 400),
  errorCode: (code) => code.toUpperCase().replaceAll('-', '_'),
  message: (fault) => fault.message,
}

export function notFound(c: Context): Response {
  return refuse(c, 404, 'NOT_FOUND', 'There is no such endpoint.')
}
