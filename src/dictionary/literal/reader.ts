import { Fault } from '../../lib/fault.ts'
import { type DictionarySource, placeAt } from '../source.ts'
import type { ListNode, MapNode, Node, TextNode } from './node.ts'
import { type Piece, readJsonString, readPythonString } from './string.ts'

/** Deeper nesting than any dictionary has; guards the stack against a hostile file. */
const MAX_DEPTH = 64

/** A dictionary of 100,000 columns takes some 20 MB; more than this is no dictionary. */
const MAX_LENGTH = 64 * 1024 * 1024

type Language = 'python' | 'json'

/**
 * Reads a dictionary's text, which is JSON or a Python literal, without evaluating anything.
 *
 * A name that ends in `.json` or `.py` decides the language; otherwise a text that is valid JSON is read as JSON.
 * Throws `dictionary-syntax` with file, line and column.
 */
export function readLiteral(source: DictionarySource): Node {
  if (source.text.length > MAX_LENGTH) {
    throw new Fault('dictionary-syntax', 'This file is too large for a dictionary.', {
      place: { file: source.name },
    })
  }
  return new LiteralReader(source, languageOf(source)).read()
}

function languageOf(source: DictionarySource): Language {
  if (/\.json$/i.test(source.name)) return 'json'
  if (/\.py$/i.test(source.name)) return 'python'
  try {
    JSON.parse(source.text)
    return 'json'
  } catch {
    return 'python'
  }
}

class LiteralReader {
  readonly #source: DictionarySource
  readonly #language: Language
  readonly #text: string
  #at: number
  #depth = 0

  constructor(source: DictionarySource, language: Language) {
    this.#source = source
    this.#language = language
    this.#text = source.text
    this.#at = source.text.startsWith('\uFEFF') ? 1 : 0
  }

  read(): Node {
    this.#skipBlank()
    const node = this.#value()
    this.#skipBlank()
    if (this.#at < this.#text.length) {
      this.#refuse(
        this.#at,
        'Something follows the dictionary.',
        'A file holds one literal and nothing else.',
      )
    }
    return node
  }

  #value(): Node {
    if (++this.#depth > MAX_DEPTH) this.#refuse(this.#at, 'The nesting is too deep.')
    const node = this.#anyValue()
    this.#depth--
    return node
  }

  #anyValue(): Node {
    const char = this.#text[this.#at]
    if (char === undefined) return this.#refuse(this.#at, 'The text ends where a value should stand.')
    if (char === '{') return this.#braces()
    if (char === '[') return this.#list()
    if (char === '(' && this.#language === 'python') return this.#parentheses()
    if (this.#atString()) return this.#string()
    if (/[-+.0-9]/.test(char)) return this.#number()
    return this.#name()
  }

  #braces(): Node {
    const at = this.#at++
    this.#skipBlank()
    const entries: MapNode['entries'][number][] = []
    const items: Node[] = []
    while (!this.#take('}')) {
      const key = this.#value()
      this.#skipBlank()
      if (this.#take(':')) {
        if (items.length > 0) this.#refuse(key.at, 'A set cannot hold a key with a value.')
        if (key.kind !== 'text') return this.#refuse(key.at, 'A key must be a string.')
        this.#skipBlank()
        entries.push({ key, value: this.#value() })
      } else {
        const setGoesOn = /[,}]/.test(this.#text[this.#at] ?? '')
        if (this.#language === 'json' || entries.length > 0 || !setGoesOn) {
          this.#refuse(this.#at, 'A colon is missing here.')
        }
        items.push(key)
      }
      this.#separator('}')
    }
    return items.length > 0 ? { kind: 'list', at, items } : { kind: 'map', at, entries }
  }

  #list(): ListNode {
    const at = this.#at++
    return { kind: 'list', at, items: this.#items(']').items }
  }

  /** A tuple, or one value in parentheses. */
  #parentheses(): Node {
    const at = this.#at++
    const { items, comma } = this.#items(')')
    const only = items[0]
    return only && items.length === 1 && !comma ? only : { kind: 'list', at, items }
  }

  #items(close: string): { items: Node[]; comma: boolean } {
    const items: Node[] = []
    let comma = false
    this.#skipBlank()
    while (!this.#take(close)) {
      items.push(this.#value())
      comma = this.#separator(close)
    }
    return { items, comma }
  }

  /** Moves over a comma; without one, the closing sign must stand here. Says whether there was a comma. */
  #separator(close: string): boolean {
    this.#skipBlank()
    const comma = this.#take(',')
    this.#skipBlank()
    const closes = this.#text[this.#at] === close
    if (!comma && !closes) this.#refuse(this.#at, `A comma or ${close} is missing here.`)
    if (comma && closes && this.#language === 'json') {
      this.#refuse(this.#at, 'JSON allows no comma before the closing sign.')
    }
    return comma
  }

  #atString(): boolean {
    const ahead = this.#text.slice(this.#at, this.#at + 4)
    return this.#language === 'json' ? ahead.startsWith('"') : /^[a-zA-Z]{0,2}['"]/.test(ahead)
  }

  #string(): TextNode {
    const at = this.#at
    let value = ''
    const runs: { start: number; at: number }[] = []
    do {
      const piece = this.#piece()
      runs.push(...piece.runs.map((run) => ({ start: run.start + value.length, at: run.at })))
      value += piece.value
      this.#at = piece.end
      // Neighbouring strings are one in Python; in JSON the loop runs once.
    } while (this.#language === 'python' && this.#stringFollows())
    return { kind: 'text', at, value, runs }
  }

  #piece(): Piece {
    const read = this.#language === 'json' ? readJsonString : readPythonString
    return read(this.#text, this.#at, (offset, message, remedy) => this.#refuse(offset, message, remedy))
  }

  #stringFollows(): boolean {
    const behind = this.#at
    this.#skipBlank()
    if (this.#atString()) return true
    this.#at = behind
    return false
  }

  #number(): Node {
    const at = this.#at
    const pattern =
      this.#language === 'json'
        ? /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
        : /[-+]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+(?:_\d+)*)?)/y
    pattern.lastIndex = at
    const written = pattern.exec(this.#text)?.[0] ?? ''
    const behind = this.#text[at + written.length] ?? ''
    if (written === '' || /[\w.]/.test(behind) || /^[-+]?0[0-9_]*[1-9]/.test(written)) {
      return this.#refuse(at, 'This is not a number that a literal can hold.')
    }
    this.#at = at + written.length
    const digits = written.replaceAll('_', '').replace(/^\+/, '')
    const value = digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits)
    return { kind: 'number', at, value }
  }

  #name(): Node {
    const at = this.#at
    const pattern = /[\p{L}_][\p{L}\p{N}_]*/uy
    pattern.lastIndex = at
    const name = pattern.exec(this.#text)?.[0]
    if (name === undefined) return this.#refuse(at, `${JSON.stringify(this.#text[at])} cannot stand here.`)
    const constants = this.#language === 'json' ? JSON_CONSTANTS : PYTHON_CONSTANTS
    const value = constants.get(name)
    if (value === undefined) {
      return this.#refuse(
        at,
        `${name} is not a literal.`,
        `Only strings, numbers, lists, maps and ${[...constants.keys()].join(', ')} are read; nothing is evaluated.`,
      )
    }
    this.#at = at + name.length
    return { kind: 'constant', at, value }
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  /** Moves over white space and, in Python, comments and joined lines. */
  #skipBlank(): void {
    const blank = this.#language === 'json' ? /[ \t\r\n]*/y : /(?:[ \t\r\n\f]|\\\r?\n|#[^\n]*)*/y
    blank.lastIndex = this.#at
    this.#at += blank.exec(this.#text)?.[0].length ?? 0
  }

  #refuse(offset: number, message: string, remedy?: string): never {
    throw new Fault('dictionary-syntax', message, { place: placeAt(this.#source, offset), remedy })
  }
}

const PYTHON_CONSTANTS = new Map<string, true | false | null>([
  ['True', true],
  ['False', false],
  ['None', null],
])
const JSON_CONSTANTS = new Map<string, true | false | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])
