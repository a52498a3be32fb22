/** What Python's `re` refuses to compile, in its words. */
export class PythonRegexError extends SyntaxError {
  /** Index into the pattern (of a JavaScript string) at which the fault lies. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'PythonRegexError'
    this.offset = offset
  }
}

/** A pattern that Python compiles and that the other language has no equal for. */
export class UntranslatableRegex extends Error {
  /** What it is, with an article: "a conditional (?(1)…)". */
  readonly construct: string
  /** Index into the pattern (of a JavaScript string) at which the construct stands. */
  readonly offset: number

  constructor(construct: string, offset: number, language: 'PostgreSQL' | 'JavaScript') {
    super(`${construct} cannot be translated to ${language}`)
    this.name = 'UntranslatableRegex'
    this.construct = construct
    this.offset = offset
  }
}
