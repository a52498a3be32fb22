import type { TextNode } from './node.ts'

/** Reports a fault at an offset; never returns. */
export type Refuse = (offset: number, message: string, remedy?: string) => never

export interface Piece {
  readonly value: string
  readonly runs: TextNode['runs']
  readonly end: number
}

const PYTHON_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const JSON_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

interface Decoder {
  /** Decodes the escape whose backslash is at `at`: the text it stands for and the offset behind it. */
  escape(text: string, at: number, refuse: Refuse): { value: string; end: number }
}

/** Escapes of a Python string that has no `r` before it. An unknown escape keeps its backslash, as Python does. */
const pythonDecoder: Decoder = {
  escape(text, at, refuse) {
    const letter = text[at + 1] ?? ''
    const simple = PYTHON_ESCAPES[letter]
    if (simple !== undefined) return { value: simple, end: at + 2 }
    if (letter === 'x') return hexEscape(text, at, 2, refuse)
    if (letter === 'u') return hexEscape(text, at, 4, refuse)
    if (letter === 'U') return hexEscape(text, at, 8, refuse)
    if (letter === 'N') refuse(at, 'Named characters (\\N{…}) are not read.', 'Write the character itself.')
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
    if (octal) return { value: String.fromCodePoint(Number.parseInt(octal, 8)), end: at + 1 + octal.length }
    return { value: '\\', end: at + 1 }
  },
}

const rawDecoder: Decoder = {
  // In a raw string a backslash stays, and so does the quote behind it.
  escape: (text, at) => ({ value: text.slice(at, at + 2), end: at + 2 }),
}

const jsonDecoder: Decoder = {
  escape(text, at, refuse) {
    const letter = text[at + 1] ?? ''
    const simple = JSON_ESCAPES[letter]
    if (simple !== undefined) return { value: simple, end: at + 2 }
    if (letter === 'u') return hexEscape(text, at, 4, refuse)
    return refuse(at, `JSON has no escape \\${letter}.`, 'Write \\\\ for a backslash.')
  },
}

function hexEscape(text: string, at: number, digits: number, refuse: Refuse): { value: string; end: number } {
  const hex = text.slice(at + 2, at + 2 + digits)
  if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) {
    refuse(at, `\\${text[at + 1]} wants ${digits} hexadecimal digits.`)
  }
  const code = Number.parseInt(hex, 16)
  if (code > 0x10ffff) refuse(at, 'There is no such Unicode character.')
  // A pair of surrogates written as two \u escapes joins into one character by itself.
  const value = code <= 0xffff ? String.fromCharCode(code) : String.fromCodePoint(code)
  return { value, end: at + 2 + digits }
}

/** Reads a JSON string whose opening quote is at `at`. */
export function readJsonString(text: string, at: number, refuse: Refuse): Piece {
  return readQuoted(text, at, '"', jsonDecoder, refuse)
}

/** Reads one Python string, prefix and all, that begins at `at`. */
export function readPythonString(text: string, at: number, refuse: Refuse): Piece {
  const prefix = /^[a-zA-Z]*/.exec(text.slice(at, at + 3))?.[0] ?? ''
  if (!/^[ru]?$/i.test(prefix)) {
    refuse(at, `Strings with the prefix ${prefix} are not read.`, 'Only plain, r and u strings are literals.')
  }
  const open = at + prefix.length
  const single = text[open] ?? ''
  const quote = text.startsWith(single.repeat(3), open) ? single.repeat(3) : single
  return readQuoted(text, open, quote, /r/i.test(prefix) ? rawDecoder : pythonDecoder, refuse)
}

function readQuoted(text: string, open: number, quote: string, decoder: Decoder, refuse: Refuse): Piece {
  const multiline = quote.length === 3
  const runs: { start: number; at: number }[] = []
  let value = ''
  let at = open + quote.length
  for (;;) {
    const stop = nextStop(text, at, quote)
    if (stop > at) {
      runs.push({ start: value.length, at })
      value += text.slice(at, stop)
      at = stop
    }
    if (at >= text.length) refuse(open, 'This string has no end.')
    if (text.startsWith(quote, at)) break
    if (text[at] === '\\') {
      const escaped = decoder.escape(text, at, refuse)
      runs.push({ start: value.length, at })
      value += escaped.value
      at = escaped.end
    } else {
      // nextStop halted at a character that may not stand in a string of one line.
      if (!multiline && (text[at] === '\n' || decoder === jsonDecoder)) {
        refuse(at, 'A string cannot run over the end of its line.', 'Use \\n, or three quotes in Python.')
      }
      runs.push({ start: value.length, at })
      value += text[at]
      at++
    }
  }
  if (runs.length === 0) runs.push({ start: 0, at })
  return { value, runs, end: at + quote.length }
}

/** The next offset that is not an ordinary character: a backslash, a quote sign, or a control character. */
function nextStop(text: string, from: number, quote: string): number {
  const sign = quote[0]
  let at = from
  while (at < text.length) {
    const char = text[at]
    if (char === '\\' || char === sign || (char !== undefined && char < ' ')) break
    at++
  }
  return at
}
