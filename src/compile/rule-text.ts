import { type Expression, parsedText, withParsedText } from './expression.ts'
import { indexesByByte, scanSql, type Token } from './parser/parser.ts'

/** Indexes of characters: of the first, and behind the last. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** The text of a rule, in which pieces that its tree speaks of are replaced. */
export class RuleText {
  readonly text: string
  readonly #expression: Expression
  readonly #tokens: readonly Token[]
  readonly #indexes: readonly number[]
  readonly #replaced: (TextRange & { readonly by: string })[] = []

  private constructor(expression: Expression, text: string, tokens: readonly Token[]) {
    this.#expression = expression
    this.text = text
    this.#tokens = tokens
    this.#indexes = indexesByByte(text)
  }

  static async of(expression: Expression): Promise<RuleText> {
    const text = parsedText(expression)
    return new RuleText(expression, text, await scanSql(text))
  }

  /** The call whose name begins at a byte, its closing parenthesis included. */
  callAt(byte: number): TextRange {
    const start = this.#indexes[byte] ?? 0
    let depth = 0
    for (const token of this.#tokens.filter((candidate) => candidate.start >= start)) {
      if (token.name === 'ASCII_40') depth++
      if (token.name === 'ASCII_41' && --depth === 0) return { start, end: token.end }
    }
    throw new Error('a call that parses has a closing parenthesis')
  }

  /** The name of so many parts that begins at a byte: identifiers with dots between them. */
  nameAt(byte: number, parts: number): TextRange | undefined {
    const start = this.#indexes[byte] ?? 0
    const first = this.#tokens.findIndex((token) => token.start === start)
    const last = first === -1 ? undefined : this.#tokens[first + 2 * (parts - 1)]
    return last && { start, end: last.end }
  }

  /** Whether what stands at an index was replaced. */
  isReplaced(index: number): boolean {
    return this.#replaced.some(({ start, end }) => start <= index && index < end)
  }

  /** Ranges must not overlap; an empty one is a place to put something. */
  replace({ start, end }: TextRange, by: string): void {
    this.#replaced.push({ start, end, by })
  }

  /** The rule as its text is now. Throws as `readExpression` does. */
  async expression(): Promise<Expression> {
    const text = this.#replaced
      .toSorted((left, right) => right.start - left.start)
      .reduce((rest, { start, end, by }) => rest.slice(0, start) + by + rest.slice(end), this.text)
    return withParsedText(this.#expression, text)
  }
}
