import { DECIMAL } from './escapes.ts'
import type { PatternReader } from './pattern-reader.ts'
import { PythonRegexError } from './refusals.ts'
import type { Repeat } from './tree.ts'

export type Quantifier = Pick<Repeat, 'min' | 'max' | 'mode'>

/** Python's MAXREPEAT, which means "no bound". */
const MAX_REPEAT = 4_294_967_295

/** Reads a quantifier whose first character has been taken; undefined where a `{` is only a brace. */
export function readQuantifier(reader: PatternReader, first: string): Quantifier | undefined {
  const bounds = first === '{' ? readBounds(reader) : BOUNDS[first]
  return bounds && { ...bounds, mode: reader.skip('?') ? 'lazy' : reader.skip('+') ? 'possessive' : 'greedy' }
}

type Bounds = Pick<Repeat, 'min' | 'max'>

const BOUNDS: Readonly<Record<string, Bounds>> = {
  '?': { min: 0, max: 1 },
  '*': { min: 0, max: Number.POSITIVE_INFINITY },
  '+': { min: 1, max: Number.POSITIVE_INFINITY },
}

function readBounds(reader: PatternReader): Bounds | undefined {
  const here = reader.at
  if (reader.next === '}') return undefined
  const lower = reader.takeWhile(DECIMAL)
  const upper = reader.skip(',') ? reader.takeWhile(DECIMAL) : lower
  if (!reader.skip('}')) {
    reader.returnTo(here)
    return undefined
  }
  const min = lower === '' ? 0 : Number(lower)
  const max = upper === '' ? Number.POSITIVE_INFINITY : Number(upper)
  if (min >= MAX_REPEAT || (upper !== '' && max >= MAX_REPEAT)) {
    throw new PythonRegexError('the repetition number is too large', here)
  }
  if (max < min) throw new PythonRegexError('min repeat greater than max repeat', here)
  return { min, max }
}
