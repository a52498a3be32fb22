import type { Place } from '../lib/fault.ts'

/** A dictionary as it was given: the name of its file (or the name a request gave it) and its text. */
export interface DictionarySource {
  readonly name: string
  readonly text: string
}

interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

const START: Position = { offset: 0, line: 1, column: 1 }

/** Where the last place in a text was: places are asked for from the start to the end of it, a thousand times and more. */
const lastPositions = new WeakMap<DictionarySource, Position>()

/** Line and column (both from 1, columns in characters) of an offset into the text. */
export function placeAt(source: DictionarySource, offset: number): Place {
  const last = lastPositions.get(source) ?? START
  const position = advance(source.text, last.offset <= offset ? last : START, offset)
  lastPositions.set(source, position)
  return { file: source.name, line: position.line, column: position.column }
}

function advance(text: string, from: Position, offset: number): Position {
  let { line, column } = from
  for (let at = from.offset; at < Math.min(offset, text.length); at++) {
    const code = text.charCodeAt(at)
    if (code === LINE_FEED) {
      line++
      column = 1
    } else if (!isLowSurrogate(code) || !isHighSurrogate(text.charCodeAt(at - 1))) {
      column++
    }
  }
  return { offset, line, column }
}

const LINE_FEED = 0x0a

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
