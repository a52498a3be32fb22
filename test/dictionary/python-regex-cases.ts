import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A pattern with texts, and for each of them what Python's `re.search(pattern, text, re.DOTALL)` says. */
export interface MatchCase {
  readonly pattern: string
  readonly answers: readonly { readonly text: string; readonly matches: boolean }[]
}

/** A pattern that `re.compile` refuses; Python counts its position in characters, and leaves it out now and then. */
export interface ErrorCase {
  readonly pattern: string
  readonly message: string
  readonly position: number | null
}

interface Cases {
  /** The version of Python that answered. */
  readonly python: string
  readonly chosen: readonly MatchCase[]
  readonly random: readonly MatchCase[]
  readonly errors: readonly ErrorCase[]
}

type Line =
  | readonly ['match', pattern: string, found: readonly string[], notFound: readonly string[]]
  | readonly ['random', pattern: string, texts: readonly string[], answers: string]
  | readonly ['error', pattern: string, message: string, position: number | null]

const [header = '', ...lines] = readFileSync(join(import.meta.dir, 'python-regex-cases.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')

export const CASES: Cases = readCases(lines.map((line) => JSON.parse(line) as Line))

function readCases(cases: readonly Line[]): Cases {
  const chosen: MatchCase[] = []
  const random: MatchCase[] = []
  const errors: ErrorCase[] = []
  for (const line of cases) {
    const [kind, pattern] = line
    if (kind === 'match') {
      const answer = (matches: boolean) => (text: string) => ({ text, matches })
      chosen.push({ pattern, answers: [...line[2].map(answer(true)), ...line[3].map(answer(false))] })
    } else if (kind === 'random') {
      const answers = line[2].map((text, index) => ({ text, matches: line[3][index] === '1' }))
      random.push({ pattern, answers })
    } else {
      errors.push({ pattern, message: line[2], position: line[3] })
    }
  }
  return { python: JSON.parse(header).python, chosen, random, errors }
}
