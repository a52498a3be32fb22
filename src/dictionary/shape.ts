import { Fault, type Place } from '../lib/fault.ts'
import { type MapNode, type Node, offsetInText, type TextNode } from './literal/node.ts'
import {
  type PythonRegex,
  PythonRegexError,
  readPythonRegex,
  UntranslatableRegex,
} from './python-regex/python-regex.ts'
import { type DictionarySource, placeAt } from './source.ts'

/** A piece of SQL as a dictionary holds it, able to say where each of its characters stands. */
export interface SqlText {
  readonly text: string
  readonly place: Place
  /** The place of the character at this index of `text`. */
  placeOf(index: number): Place
}

/**
 * Reads the nodes of one dictionary into typed pieces. Whatever has another shape than the format allows is a
 * `dictionary-shape` fault at its place: an unknown key is one too, since a misspelt `fields` would leak a table.
 */
export class Shape {
  readonly #source: DictionarySource

  constructor(source: DictionarySource) {
    this.#source = source
  }

  place(node: Node): Place {
    return placeAt(this.#source, node.at)
  }

  /** The values of a map by key; its keys must be among `allowed`. */
  keyed<Key extends string>(node: Node, what: string, allowed: readonly Key[]): Partial<Record<Key, Node>> {
    const found: Partial<Record<Key, Node>> = {}
    for (const { key, value } of this.map(node, what).entries) {
      const known = allowed.find((name) => name === key.value)
      if (!known) {
        this.refuse(key, `${what} has no key "${key.value}".`, `Its keys are ${allowed.join(', ')}.`)
      }
      found[known] = value
    }
    return found
  }

  /** A map whose keys are all different: Python would take the last of two in silence, and a mask would be lost. */
  map(node: Node, what: string): MapNode {
    if (node.kind !== 'map') return this.refuse(node, `${what} must be a map.`)
    const seen = new Set<string>()
    for (const { key } of node.entries) {
      if (seen.has(key.value))
        this.refuse(key, `${what} has the key "${key.value}" twice.`, 'Remove one of them.')
      seen.add(key.value)
    }
    return node
  }

  list(node: Node, what: string): readonly Node[] {
    return node.kind === 'list' ? node.items : this.emptyMapAsList(node, what)
  }

  text(node: Node, what: string): string {
    return this.#textNode(node, what).value
  }

  /** A text that is not blank. */
  filledText(node: Node, what: string): string {
    const { value } = this.#textNode(node, what)
    return value.trim() === '' ? this.refuse(node, `${what} must not be empty.`) : value
  }

  sql(node: Node, what: string): SqlText {
    const text = this.#textNode(node, what)
    this.filledText(text, what)
    return {
      text: text.value,
      place: this.place(node),
      placeOf: (index) => placeAt(this.#source, offsetInText(text, index)),
    }
  }

  /** A regular expression of Python's kind that one of the languages can search for. */
  pythonRegex(
    node: Node,
    what: string,
    flags: { readonly dotAll: boolean },
    languages: readonly ((regex: PythonRegex) => unknown)[],
  ): PythonRegex {
    const text = this.#textNode(node, what)
    const refuseAt = (offset: number, message: string): never => {
      throw new Fault('dictionary-shape', message, {
        place: placeAt(this.#source, offsetInText(text, offset)),
      })
    }
    try {
      const regex = readPythonRegex(this.filledText(text, what), flags)
      const refusals = languages.map((translate) => refusalOf(() => translate(regex)))
      const [refusal] = refusals
      return refusal && !refusals.includes(undefined)
        ? refuseAt(refusal.offset, `${what} holds ${refusal.construct}, which cannot be searched for.`)
        : regex
    } catch (error) {
      if (!(error instanceof PythonRegexError)) throw error
      return refuseAt(error.offset, `${what} is no regular expression: ${error.message}.`)
    }
  }

  refuse(node: Node, message: string, remedy?: string): never {
    throw new Fault('dictionary-shape', message, { place: this.place(node), remedy })
  }

  /** `{}` is an empty map and, in files that people write, now and then an empty list. */
  private emptyMapAsList(node: Node, what: string): readonly Node[] {
    if (node.kind === 'map' && node.entries.length === 0) return []
    return this.refuse(node, `${what} must be a list.`)
  }

  #textNode(node: Node, what: string): TextNode {
    return node.kind === 'text' ? node : this.refuse(node, `${what} must be a string.`)
  }
}

/** Why a regular expression cannot be translated; undefined where it can. */
function refusalOf(translate: () => unknown): UntranslatableRegex | undefined {
  try {
    translate()
    return undefined
  } catch (error) {
    if (!(error instanceof UntranslatableRegex)) throw error
    return error
  }
}
