import { default as createModule, type ParserModule } from 'libpg-query/wasm/libpg-query.js'
import wasmFile from 'libpg-query/wasm/libpg-query.wasm' with { type: 'file' }
import type { SyntaxTree } from './tree.ts'

/** A text that PostgreSQL's parser refuses. */
export class SqlSyntaxError extends Error {
  constructor(
    message: string,
    /** Index of the character at which the parser stopped. */
    readonly index: number,
  ) {
    super(message)
  }
}

/** Longer than any rule a person writes; bounds what a hostile dictionary can make the parser do. */
const MAX_LENGTH = 256 * 1024

/**
 * Brackets of the tree as JSON, some four for each operator of a chain. Those who walk trees call themselves for each, and
 * a stack of ours ends at some 10,000 calls.
 */
const DEEPEST_TREE = 6000

let loaded: Promise<ParserModule> | undefined

/**
 * Loads the parser. libpg-query's ready-made entry looks for its WebAssembly beside itself on disk, where a compiled
 * binary has nothing; so the module is created here, from the file that travels inside the binary.
 */
async function load(): Promise<ParserModule> {
  loaded ??= Bun.file(wasmFile)
    .bytes()
    .then((wasmBinary) => createModule({ wasmBinary }))
  return loaded
}

/** Begins to load the parser, 45 ms of work, where it will be wanted soon. Whoever parses hears of a failure. */
export function prepareParser(): void {
  load().catch(() => {})
}

/**
 * Lets the parser go until the next text is parsed. Its 128 MB of memory, hardly touched, make the collector of garbage
 * wait until as much has gathered: a dump of 50 million rows took 888 MB with it.
 */
export function releaseParser(): void {
  loaded = undefined
}

/** Parses statements of SQL with PostgreSQL's own grammar. Throws SqlSyntaxError. */
export async function parseSql(text: string): Promise<SyntaxTree> {
  return withText(text, (module, pointer) => {
    const result = module._wasm_parse_query_raw(pointer)
    try {
      // PgQueryParseResult: char *parse_tree, char *stderr_buffer, PgQueryError *error.
      const error = module.getValue(result + 8, 'i32')
      if (error) throw syntaxError(module, error)
      const tree = module.UTF8ToString(module.getValue(result, 'i32'))
      if (nestingOf(tree) > DEEPEST_TREE) throw tooDeep()
      return JSON.parse(tree) as SyntaxTree
    } finally {
      module._wasm_free_parse_result(result)
    }
  })
}

/**
 * A statement that parses, with every constant replaced by $1, $2 …: what a rule does, without what it may keep secret
 * (a salt).
 */
export async function withoutConstants(text: string): Promise<string> {
  return withText(text, (module, pointer) => {
    const result = module._wasm_normalize_query(pointer)
    try {
      return module.UTF8ToString(result)
    } finally {
      module._wasm_free_string(result)
    }
  })
}

/** A token of SQL; `start` and `end` are indexes of characters in the text. */
export interface Token {
  readonly start: number
  readonly end: number
  /** As PostgreSQL's lexer calls it: IDENT, SCONST, SQL_COMMENT, or the character itself. */
  readonly name: string
}

const bytesOf = new TextEncoder()

/** The tokens of a text that parses, comments among them. */
export async function scanSql(text: string): Promise<Token[]> {
  // The lexer's answer is no JSON where a token holds a control character; one of a byte stands for another.
  const shown = text.replaceAll(/\p{Cc}/gu, (sign) => (/\s/.test(sign) || sign > '\x7f' ? sign : 'x'))
  const scanned = await withText(shown, (module, pointer) => {
    const result = module._wasm_scan(pointer)
    try {
      return module.UTF8ToString(result)
    } finally {
      module._wasm_free_string(result)
    }
  })
  const { tokens } = JSON.parse(scanned) as {
    tokens: readonly { start: number; end: number; tokenName: string }[]
  }
  const indexes = indexesByByte(text)
  return tokens.map(({ start, end, tokenName }) => ({
    start: indexes[start] ?? text.length,
    end: indexes[end] ?? text.length,
    name: tokenName,
  }))
}

/** A text that parses, without its comments. */
export async function withoutComments(text: string): Promise<string> {
  const comments = (await scanSql(text)).filter(({ name }) => name === 'C_COMMENT' || name === 'SQL_COMMENT')
  return comments.reduceRight((rest, { start, end }) => `${rest.slice(0, start)} ${rest.slice(end)}`, text)
}

/** For each byte of a text in UTF-8, which is what parser and lexer count, the index of its character. */
export function indexesByByte(text: string): number[] {
  const indexes: number[] = []
  let index = 0
  for (const character of text) {
    for (let byte = bytesOf.encode(character).length; byte > 0; byte--) indexes.push(index)
    index += character.length
  }
  return indexes
}

function syntaxError(module: ParserModule, error: number): SqlSyntaxError {
  // PgQueryError: char *message, char *funcname, char *filename, int lineno, int cursorpos (from 1), char *context.
  const message = module.UTF8ToString(module.getValue(error, 'i32'))
  const cursor = module.getValue(error + 16, 'i32')
  return new SqlSyntaxError(message, Math.max(0, cursor - 1))
}

/**
 * A module that fails has lost its state, so the next call starts from a fresh one. The first failure may be the memory
 * that thousands of calls before have left behind; a text that a fresh module fails on is nested too deeply.
 */
async function withText<T>(text: string, use: (module: ParserModule, pointer: number) => T): Promise<T> {
  if (text.length > MAX_LENGTH) throw new SqlSyntaxError('the text is too long', 0)
  if (text.includes('\0')) throw new SqlSyntaxError('a NUL character cannot stand in SQL', text.indexOf('\0'))
  for (let attempt = 0; attempt < 2; attempt++) {
    const module = await load()
    try {
      return inModule(module, text, use)
    } catch (error) {
      if (!isCollapse(error)) throw error
      loaded = undefined
    }
  }
  throw tooDeep()
}

function tooDeep(): SqlSyntaxError {
  return new SqlSyntaxError('the expression is nested too deeply', 0)
}

/** How deep the brackets of a JSON text go. */
function nestingOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return deepest
}

function inModule<T>(
  module: ParserModule,
  text: string,
  use: (module: ParserModule, pointer: number) => T,
): T {
  const bytes = module.lengthBytesUTF8(text) + 1
  const pointer = module._malloc(bytes)
  let collapsed = false
  try {
    module.stringToUTF8(text, pointer, bytes)
    return use(module, pointer)
  } catch (error) {
    collapsed = isCollapse(error)
    throw error
  } finally {
    if (!collapsed) module._free(pointer)
  }
}

/** The stack of the module overflowed, or ours under it, or its memory is used up. */
function isCollapse(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError
}
