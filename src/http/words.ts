import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** One thing wrong with a request: where, what, and what kind of mistake. */
export interface RequestProblem {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** The bodies in which a documented API says no; also where the server refuses before any of its routes is asked. */
export interface RefusalWords {
  readonly body: (code: string, message: string) => object
  readonly invalid: (problems: readonly RequestProblem[]) => object
  readonly invalidStatus: 400 | 422
}

/** The words of the anonymization API, and of what belongs to no surface. */
export const plainRefusals: RefusalWords = {
  body: (code, message) => ({ error_code: code, message }),
  invalid: (problems) => ({ detail: problems }),
  invalidStatus: 422,
}

/** Refuses a request in the words of the API that its path belongs to. */
export function refuse(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.json(wordsOf(c).body(code, message), status, headers)
}

/** Answers with all that is wrong with a request. */
export function invalidRequest(c: Context, problems: readonly RequestProblem[]): Response {
  const { invalid, invalidStatus } = wordsOf(c)
  return c.json(invalid(problems), invalidStatus)
}

function wordsOf(c: Context): RefusalWords {
  return (c.get('words') as RefusalWords | undefined) ?? plainRefusals
}
