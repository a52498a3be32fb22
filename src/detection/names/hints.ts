import { categoryOf, type Entity, isName } from '../entities.ts'
import { ABOUT, HINTS, MOST_WORDS, NAMELESS, PEOPLE, QUANTITIES, type Strength, THINGS } from './lexicon.ts'
import { hasNoCase, tokensOf } from './tokens.ts'

export interface NameHint {
  readonly entity: Entity
  readonly strength: Strength
  /** The words of the name that say so, glued: `firstname`. */
  readonly token: string
}

export interface NameReading {
  /** Strong ones first; none where the name speaks about data: `email_verified`. */
  readonly hints: readonly NameHint[]
  /** Whom or what it names beside the hint: `customer_name`, `product_name`. */
  readonly subject: 'person' | 'thing' | null
  readonly about: boolean
}

/** What a column's name says. Words are matched whole: `academic_year_code` holds no `cc`. */
export function readName(name: string): NameReading {
  const words = tokensOf(name).flatMap((token) => (hasNoCase(token) ? segment(token) : [token]))
  const hints: NameHint[] = []
  const rest: string[] = []
  for (let at = 0; at < words.length; ) {
    const [phrase, length] = longestPhrase(words, at)
    const found = HINTS.get(phrase)
    if (found) hints.push(...[...found].map(([entity, strength]) => ({ entity, strength, token: phrase })))
    if (!found || length === 1) rest.push(words[at] ?? '')
    at += length
  }
  const hinted = new Set(hints.filter(({ strength }) => strength === 'strong').map(({ token }) => token))
  const ofLife = hints.some(({ entity }) => entity === 'DATE_OF_BIRTH' || entity === 'DATE_OF_DEATH')
  const saysSpecial = hints.some(isSpecial)
  const about =
    rest.some(
      (word) =>
        ABOUT.has(word) &&
        !hinted.has(word) &&
        !(ofLife && TIMES.has(word)) &&
        !(saysSpecial && WHETHER.has(word)),
    ) ||
    (rest.length > 1 && rest[0] === words[0] && QUANTITIES.has(rest[0] ?? ''))
  const head = words.at(-1) ?? ''
  // In `zip_file` and `phone_model` the last word says what it is, and the hint before it what for.
  const ofThing = THINGS.has(head) && hints.every(({ token }) => !token.endsWith(head))
  const possible = NAMELESS.has(head) ? hints.filter((hint) => !isNameless(hint, head)) : hints
  return {
    hints: about
      ? []
      : (ofThing ? possible.map(weakened) : possible).toSorted((left, right) => rank(left) - rank(right)),
    subject: subjectOf(rest),
    about,
  }
}

/** Whether somebody is pregnant, or has been convicted, is the very thing: the flag is no less than the word. */
const WHETHER: ReadonlySet<string> = new Set(['is', 'has', 'was', 'ist', 'hat', 'est', 'es', 'tiene'])

function isSpecial({ entity, strength }: NameHint): boolean {
  const category = categoryOf(entity)
  return strength === 'strong' && (category === 'health' || category === 'special')
}

/** `employee_no` is no name; a phrase of the packs that itself ends so is. */
function isNameless({ entity, token }: NameHint, head: string): boolean {
  return isName(entity) && !token.endsWith(head)
}

/** The parts of a date of birth or death are as telling as the whole. */
const TIMES: ReadonlySet<string> = new Set(['date', 'datetime', 'time', 'timestamp', 'year', 'month', 'day'])

/** What a table's name says its rows are: people, things, or nothing that is known. */
export function subjectOfTable(name: string): 'person' | 'thing' | null {
  return subjectOf(tokensOf(name).flatMap((token) => (hasNoCase(token) ? segment(token) : [token])))
}

/** The last word that is known decides: a `customer product` is a product, a `company owner` a person. */
function subjectOf(words: readonly string[]): 'person' | 'thing' | null {
  for (const word of words.toReversed()) {
    if (PEOPLE.has(word)) return 'person'
    if (THINGS.has(word)) return 'thing'
  }
  return null
}

function longestPhrase(words: readonly string[], at: number): [string, number] {
  for (let length = Math.min(MOST_WORDS, words.length - at); length > 1; length--) {
    const phrase = words.slice(at, at + length).join('')
    if (HINTS.has(phrase)) return [phrase, length]
  }
  return [words[at] ?? '', 1]
}

/** Words written without spaces, by the longest known word each time; what is unknown is passed over. */
function segment(token: string): string[] {
  const words: string[] = []
  for (let at = 0; at < token.length; ) {
    const known = longestKnown(token, at)
    if (known) words.push(known)
    at += known?.length ?? 1
  }
  return words
}

function longestKnown(token: string, at: number): string | undefined {
  for (let end = token.length; end > at; end--) {
    const word = token.slice(at, end)
    if (KNOWN.some((words) => words.has(word))) return word
  }
  return undefined
}

const KNOWN = [HINTS, PEOPLE, THINGS, ABOUT, NAMELESS]

const weakened = (hint: NameHint): NameHint => ({ ...hint, strength: 'weak' })

const rank = ({ strength, token }: NameHint) => (strength === 'strong' ? 0 : 100) - token.length
