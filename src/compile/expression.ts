import type { SqlText } from '../dictionary/shape.ts'
import { Fault } from '../lib/fault.ts'
import { fromParsedDictionary, type Sql } from '../lib/sql.ts'
import { parseSql, SqlSyntaxError, withoutComments, withoutConstants } from './parser/parser.ts'
import { isRecord, type TreeFields, type TreeNode, walkTree } from './parser/tree.ts'

/** A rule of a dictionary, parsed: the only way in which a dictionary's SQL becomes Sql. */
export interface Expression {
  /** In parentheses, to be put into a select list as it stands. */
  readonly sql: Sql
  readonly source: SqlText
  /** Written with `SQL:` before it: the value is taken as it comes, with no cast to the column's type. */
  readonly asIs: boolean
  readonly tree: TreeNode
  /** What it does, without its constants: may be shown and kept where a salt must not be. */
  readonly outline: string
}

/** Which rows of a table to take. */
export interface Condition {
  /** In parentheses, without WHERE. */
  readonly sql: Sql
  readonly source: SqlText
  readonly tree: TreeNode
}

/** A whole query in the place of a table. */
export interface RawQuery {
  readonly sql: Sql
  readonly source: SqlText
  readonly tree: TreeFields
  readonly outline: string
}

const AS_IS = 'SQL:'
const SELECT = 'SELECT '
const WHERE = 'SELECT WHERE '

/** Parses a column's rule as exactly one expression. Throws `expression-syntax` or `expression-rejected`. */
export async function readExpression(source: SqlText): Promise<Expression> {
  const asIs = source.text.startsWith(AS_IS)
  const body = source.text.slice(asIs ? AS_IS.length : 0)
  const skipped = source.text.length - body.length
  const bare = bareExpression(body, asIs)
  const fields = await parseSelect(source, SELECT, bare, skipped - (bare === body ? 0 : 1))
  const target = onlyTarget(fields)
  if (!target || hasOtherClauses(fields, ['targetList'])) {
    throw rejected(source, 'A rule must be one expression and nothing else.')
  }
  await parseSelect(source, `${SELECT}(`, `${bare}\n)`, skipped - 1)
  return {
    sql: fromParsedDictionary(`(${bare}${closing(bare)})`),
    source,
    asIs,
    tree: target,
    outline: (await outline(SELECT + bare)).slice(SELECT.length),
  }
}

/** A sub-select may be written without parentheses of its own; any other rule must be an expression as it stands. */
function bareExpression(body: string, asIs: boolean): string {
  return asIs && /^\s*(select|with|values|table)\b/i.test(body) ? `(${body}\n)` : body
}

/** The text that the locations in a rule's tree count the bytes of. */
export function parsedText({ source, asIs }: Expression): string {
  return SELECT + bareExpression(source.text.slice(asIs ? AS_IS.length : 0), asIs)
}

/** The rule with another text in the place of its `parsedText`. Throws as `readExpression` does. */
export function withParsedText({ source, asIs }: Expression, text: string): Promise<Expression> {
  return readExpression({
    text: (asIs ? AS_IS : '') + text.slice(SELECT.length),
    place: source.place,
    placeOf: () => source.place,
  })
}

/** Parses a `sql_condition` as exactly one condition; the word WHERE before it is optional. */
export async function readCondition(source: SqlText): Promise<Condition> {
  const skipped = /^\s*where\b/i.exec(source.text)?.[0].length ?? 0
  const body = source.text.slice(skipped)
  const fields = await parseSelect(source, WHERE, body, skipped)
  const tree = fields.whereClause
  if (!isRecord(tree) || hasOtherClauses(fields, ['whereClause'])) {
    throw rejected(source, 'A condition must be one condition and nothing else.')
  }
  await parseSelect(source, `${WHERE}(`, `${body}\n)`, skipped - 1)
  return { sql: fromParsedDictionary(`(${body}${closing(body)})`), source, tree: tree as TreeNode }
}

/** Parses a `raw_sql` as exactly one query that only reads. */
export async function readRawQuery(source: SqlText): Promise<RawQuery> {
  const body = source.text.replace(/[\s;]+$/, '')
  const fields = await parseSelect(source, '', body, 0)
  let writes = Boolean(fields.intoClause || fields.lockingClause)
  walkTree(fields, (type) => {
    writes ||= ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(type)
  })
  if (writes) {
    throw rejected(source, '"raw_sql" must be a query that only reads: no INTO, no FOR UPDATE, no changes.')
  }
  return {
    sql: fromParsedDictionary(`${body}${closing(body)}`),
    source,
    tree: fields,
    outline: await outline(body),
  }
}

/** The fields of the one SELECT that `prefix` and `body` make together. */
async function parseSelect(
  source: SqlText,
  prefix: string,
  body: string,
  skipped: number,
): Promise<TreeFields> {
  const tree = await parseSql(prefix + body).catch((error: unknown) => {
    if (!(error instanceof SqlSyntaxError)) throw error
    const index = skipped + utf16Index(prefix + body, error.index) - prefix.length
    throw new Fault('expression-syntax', `PostgreSQL cannot parse this: ${error.message}.`, {
      place: source.placeOf(Math.min(Math.max(0, index), source.text.length)),
    })
  })
  const [statement, second] = tree.stmts ?? []
  const select = statement?.stmt.SelectStmt
  // A length is set where a semicolon ended the statement.
  if (!select || second || statement.stmt_len) {
    throw rejected(source, 'This is more, or something else, than one expression or query.')
  }
  return select
}

function onlyTarget(select: TreeFields): TreeNode | undefined {
  const targets = select.targetList
  const target: unknown = Array.isArray(targets) && targets.length === 1 ? targets[0] : undefined
  const fields: unknown = isRecord(target) ? target.ResTarget : undefined
  if (!isRecord(fields) || fields.name !== undefined || !isRecord(fields.val)) return undefined
  const star = isRecord(fields.val.ColumnRef) && JSON.stringify(fields.val.ColumnRef).includes('"A_Star"')
  return star ? undefined : (fields.val as TreeNode)
}

function hasOtherClauses(select: TreeFields, allowed: readonly string[]): boolean {
  const always = ['limitOption', 'op', 'groupDistinct']
  return (
    select.op !== 'SETOP_NONE' ||
    select.limitOption !== 'LIMIT_OPTION_DEFAULT' ||
    Object.keys(select).some((key) => !always.includes(key) && !allowed.includes(key))
  )
}

function rejected(source: SqlText, message: string): Fault {
  return new Fault('expression-rejected', message, {
    place: source.place,
    remedy: 'Write one SQL expression over the columns of the row; a sub-select goes into parentheses.',
  })
}

/** A line break where the text could end in a `--` comment, which would swallow what follows. */
function closing(text: string): string {
  return text.includes('--') ? '\n' : ''
}

/** The parser counts characters, JavaScript counts UTF-16 units. */
function utf16Index(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length
}

/** Constants and comments may hold a salt. */
async function outline(text: string): Promise<string> {
  const bare = await withoutComments(await withoutConstants(text))
  return bare.replaceAll(/\s+/g, ' ').trim()
}
