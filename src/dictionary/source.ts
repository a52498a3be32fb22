import type { Place } from '../lib/fault.ts'

/** A dictionary as it was given: the name of its file (or the name a request gave it) and its text. */
export interface DictionarySource {
  readonly name: string
  readonly text: string
}

/** Line and column (both from 1, columns in characters) of an offset into the text. */
export function placeAt(source: DictionarySource, offset: number): Place {
  const before = source.text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line++
  return { file: source.name, line, column: [...before.slice(lineStart)].length + 1 }
}
