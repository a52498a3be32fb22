import type { MiddlewareHandler } from 'hono'
import type { AppVariables } from './environment.ts'
import { invalidRequest } from './words.ts'

/** Lists and objects within each other. No documented request needs ten; thousands overflow the stack of who reads them. */
const DEEPEST = 100

/** Refuses a body of JSON that is nested too deeply; it is looked at before anybody parses it. */
export const refuseDeepJson: MiddlewareHandler<AppVariables> = async (c, next) => {
  const isJson = /json/i.test(c.req.header('content-type') ?? '')
  if (!isJson || !isDeeperThan(DEEPEST, await c.req.text())) return next()
  return invalidRequest(c, [
    { loc: ['body'], msg: `The body is nested deeper than ${DEEPEST} levels`, type: 'value_error' },
  ])
}

/** Whether brackets outside of strings go so deep; what is no JSON at all may be judged either way. */
export function isDeeperThan(most: number, json: string): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') at = endOfString(json, at)
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if (depth > most) return true
  }
  return false
}

function endOfString(json: string, begin: number): number {
  for (let at = begin + 1; at < json.length; at++) {
    if (json[at] === '"') return at
    if (json[at] === '\\') at++
  }
  return json.length
}
