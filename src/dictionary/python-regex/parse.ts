import { readBrackets } from './brackets.ts'
import { ANY_CHARACTER, complement, singleCharacter } from './char-set.ts'
import { alphabetOf, readEscape } from './escapes.ts'
import { type Flags, isFlag, readFlags } from './flags.ts'
import { checkGroupName, Groups } from './groups.ts'
import { PatternReader } from './pattern-reader.ts'
import { readQuantifier } from './quantifier.ts'
import { PythonRegexError } from './refusals.ts'
import { type Anchor, alternation, characters, EMPTY, look, type Regex, sequence } from './tree.ts'
import { widthOf } from './width.ts'

/** Deeper nesting than any pattern has; guards the stack against a hostile one. */
const MAX_DEPTH = 200

/**
 * Parses a `str` pattern as Python 3.11 to 3.13 do (https://docs.python.org/3/library/re.html; the finer points are
 * those of Lib/re/_parser.py). Throws PythonRegexError with Python's own message.
 */
export function parse(pattern: string, flags: Flags): Regex {
  return new Parser(pattern, flags).parse()
}

/** What stands last in a sequence, as far as a quantifier behind it asks. */
type Last = 'nothing' | 'assertion' | 'repeat' | 'item'

class Parser {
  readonly #reader: PatternReader
  readonly #groups = new Groups()
  /** Conditions on groups by number that may come later, with where they stand. */
  readonly #conditions: { readonly group: number; readonly at: number }[] = []
  #patternFlags: Flags
  /** Which of (?a) and (?u) the pattern has chosen. */
  #chosenAscii: boolean | undefined
  /** Where the first lookbehind of no fixed width is, which Python refuses after all that does not parse. */
  #variableLookbehind: number | undefined
  #depth = 0

  constructor(pattern: string, flags: Flags) {
    this.#reader = new PatternReader(pattern)
    this.#patternFlags = flags
  }

  parse(): Regex {
    const branches = [this.#sequence(this.#patternFlags, 'start')]
    while (this.#reader.skip('|')) branches.push(this.#sequence(this.#patternFlags))
    if (this.#reader.next !== undefined) this.#reader.refuse('unbalanced parenthesis')
    const missing = this.#conditions.find(({ group }) => group > this.#groups.count)
    if (missing) throw new PythonRegexError(`invalid group reference ${missing.group}`, missing.at)
    if (this.#variableLookbehind !== undefined) {
      throw new PythonRegexError('look-behind requires fixed-width pattern', this.#variableLookbehind)
    }
    return alternation(branches)
  }

  #alternation(flags: Flags): Regex {
    if (++this.#depth > MAX_DEPTH) this.#reader.refuse('the nesting is too deep')
    const branches = [this.#sequence(flags)]
    while (this.#reader.skip('|')) branches.push(this.#sequence(flags))
    this.#depth--
    return alternation(branches)
  }

  #sequence(outerFlags: Flags, where: 'start' | 'inside' = 'inside'): Regex {
    const reader = this.#reader
    const items: Regex[] = []
    let flags = outerFlags
    let last: Last = 'nothing'
    while (reader.next !== undefined && reader.next !== '|' && reader.next !== ')') {
      const at = reader.at
      const unit = reader.take()!
      if (flags.verbose && ' \t\n\r\v\f'.includes(unit)) continue
      if (flags.verbose && unit === '#') {
        this.#skipLine()
        continue
      }
      const quantifier = '*+?{'.includes(unit) ? readQuantifier(reader, unit) : undefined
      if (quantifier) {
        if (last === 'repeat') throw new PythonRegexError('multiple repeat', at)
        if (last !== 'item') throw new PythonRegexError('nothing to repeat', at)
        items.push({ kind: 'repeat', body: items.pop()!, ...quantifier, at })
        last = 'repeat'
        continue
      }
      const item = this.#item(unit, at, flags)
      if (item === 'comment') continue
      if (item === 'flags') {
        if (where === 'inside' || items.length > 0) {
          throw new PythonRegexError('global flags not at the start of the expression', at)
        }
        flags = this.#patternFlags
        continue
      }
      items.push(item)
      // A group can be repeated, whatever is in it.
      last = unit !== '(' && (item.kind === 'anchor' || item.kind === 'boundary') ? 'assertion' : 'item'
    }
    return sequence(items)
  }

  #item(unit: string, at: number, flags: Flags): Regex | 'comment' | 'flags' {
    switch (unit) {
      case '(':
        return this.#parentheses(at, flags)
      case '[':
        return characters(readBrackets(this.#reader, flags))
      case '.':
        return characters(flags.dotAll ? ANY_CHARACTER : NOT_NEWLINE)
      case '^':
        return anchor(flags.multiline ? 'lineStart' : 'start')
      case '$':
        return anchor(flags.multiline ? 'lineEnd' : 'beforeLastNewline')
    }
    return unit.startsWith('\\') ? this.#escape(unit, at, flags) : literal(unit.codePointAt(0)!, flags)
  }

  #skipLine(): void {
    for (let unit = this.#reader.take(); unit !== undefined && unit !== '\n'; ) unit = this.#reader.take()
  }

  #escape(unit: string, at: number, flags: Flags): Regex {
    const alphabet = alphabetOf(flags)
    if (unit === '\\A') return anchor('start')
    if (unit === '\\Z') return anchor('end')
    if (unit === '\\b') return { kind: 'boundary', negated: false, word: alphabet.word }
    if (unit === '\\B') return { kind: 'boundary', negated: true, word: alphabet.word }
    const meaning = readEscape(this.#reader, unit, alphabet)
    if ('set' in meaning) return characters(meaning.set)
    if ('codePoint' in meaning) return literal(meaning.codePoint, flags)
    const group = Number(meaning.group)
    if (group > this.#groups.count) {
      this.#reader.refuse(`invalid group reference ${group}`, meaning.group.length)
    }
    this.#groups.refuseOpen(this.#reader, group, meaning.group.length + 1)
    return this.#reference(group, at, flags)
  }

  #reference(group: number, at: number, flags: Flags): Regex {
    this.#groups.refuseOfLookbehind(this.#reader, group)
    return {
      kind: 'reference',
      group,
      width: this.#groups.widths.get(group)!,
      ignoreCase: flags.ignoreCase,
      at,
    }
  }

  #parentheses(at: number, flags: Flags): Regex | 'comment' | 'flags' {
    const reader = this.#reader
    if (!reader.skip('?')) return this.#group(undefined, at, flags)
    const char = reader.take()
    if (char === undefined) return reader.refuse('unexpected end of pattern')
    switch (char) {
      case ':':
        return this.#body(at, flags)
      case '>':
        return { kind: 'atomic', body: this.#body(at, flags), at }
      case 'P':
        return this.#named(at, flags)
      case '#':
        while (reader.next !== undefined) if (reader.take() === ')') return 'comment'
        throw new PythonRegexError('missing ), unterminated comment', at)
      case '=':
      case '!':
        return look('ahead', char === '!', this.#body(at, flags))
      case '<':
        return this.#lookbehind(at, flags)
      case '(':
        return this.#conditional(at, flags)
    }
    if (!isFlag(char)) return reader.refuse(`unknown extension ?${char}`, char.length + 1)
    const { scope, changes } = readFlags(reader, char)
    if (scope === 'group') return this.#body(at, { ...flags, ...changes })
    this.#setPatternFlags(changes)
    return 'flags'
  }

  #setPatternFlags(changes: Partial<Flags>): void {
    if (changes.ascii !== undefined && changes.ascii !== (this.#chosenAscii ?? changes.ascii)) {
      this.#reader.refuse('ASCII and UNICODE flags are incompatible')
    }
    this.#chosenAscii ??= changes.ascii
    this.#patternFlags = { ...this.#patternFlags, ...changes }
  }

  /** What stands before the closing parenthesis. */
  #body(at: number, flags: Flags): Regex {
    const body = this.#alternation(flags)
    this.#close(at)
    return body
  }

  #close(at: number): void {
    if (!this.#reader.skip(')')) throw new PythonRegexError('missing ), unterminated subpattern', at)
  }

  #group(name: string | undefined, at: number, flags: Flags): Regex {
    const number = this.#groups.open(this.#reader, name)
    const body = this.#body(at, flags)
    this.#groups.close(number, widthOf(body))
    return { kind: 'group', number, body, at }
  }

  #named(at: number, flags: Flags): Regex {
    const reader = this.#reader
    if (reader.skip('<')) {
      return this.#group(checkGroupName(reader, reader.takeUntil('>', 'group name')), at, flags)
    }
    if (reader.skip('=')) {
      const name = checkGroupName(reader, reader.takeUntil(')', 'group name'))
      const group = this.#groups.numberOf(reader, name)
      this.#groups.refuseOpen(reader, group, name.length + 1)
      return this.#reference(group, at, flags)
    }
    const char = reader.take()
    if (char === undefined) return reader.refuse('unexpected end of pattern')
    return reader.refuse(`unknown extension ?P${char}`, char.length + 2)
  }

  #lookbehind(at: number, flags: Flags): Regex {
    const char = this.#reader.take()
    if (char === undefined) return this.#reader.refuse('unexpected end of pattern')
    if (char !== '=' && char !== '!') {
      return this.#reader.refuse(`unknown extension ?<${char}`, char.length + 2)
    }
    const body = this.#groups.insideLookbehind(() => this.#body(at, flags))
    const { min, max } = widthOf(body)
    if (min !== max) this.#variableLookbehind ??= at
    return look('behind', char === '!', body)
  }

  #conditional(at: number, flags: Flags): Regex {
    const reader = this.#reader
    const name = reader.takeUntil(')', 'group name')
    const group = this.#conditionGroup(name)
    this.#groups.refuseOfLookbehind(reader, group)
    if (++this.#depth > MAX_DEPTH) reader.refuse('the nesting is too deep')
    const yes = this.#sequence(flags)
    const no = reader.skip('|') ? this.#sequence(flags) : EMPTY
    this.#depth--
    if (reader.next === '|') reader.refuse('conditional backref with more than two branches')
    this.#close(at)
    return { kind: 'conditional', group, yes, no, at }
  }

  #conditionGroup(name: string): number {
    const reader = this.#reader
    if (!/^[0-9]+$/.test(name)) return this.#groups.numberOf(reader, checkGroupName(reader, name))
    const group = Number(name)
    if (group === 0) reader.refuse('bad group number', name.length + 1)
    this.#conditions.push({ group, at: reader.at - name.length - 1 })
    return group
  }
}

const NOT_NEWLINE = complement(singleCharacter(0x0a))

function anchor(place: Anchor['place']): Regex {
  return { kind: 'anchor', place }
}

function literal(codePoint: number, flags: Flags): Regex {
  const set = singleCharacter(codePoint)
  return characters(flags.ignoreCase ? alphabetOf(flags).fold(set) : set)
}
