import { LIBRARY_SCHEMA, type Relation } from '../catalog/model.ts'
import type { Expression } from './expression.ts'
import { isRecord, names, type TreeFields } from './parser/tree.ts'

/**
 * Functions that give no NULL for arguments that are none: PostgreSQL's own, and those of pgveil's library. A function
 * that is merely strict does not belong here: it may still answer NULL.
 */
const NEVER_NULL = wordSet(
  'md5 sha224 sha256 sha384 sha512 encode initcap left right length reverse repeat replace concat',
  'concat_ws format abs floor ceil round now random gen_random_uuid hashtext hashtextextended date_trunc trunc',
  'translate regexp_replace btrim ltrim rtrim lpad rpad chr ascii to_hex mod',
)
const NEVER_NULL_OF_OURS = wordSet(
  'noise dnoise digest partial random_string random_zip random_inn random_date_between random_date',
  'random_int_between random_bigint_between random_phone random_hash hex_to_int',
  'pseudonym_int pseudonym_digits fake_first_name fake_last_name fake_full_name fake_email fake_phone fake_city',
  'fake_street fake_company fake_iban fake_card_number fake_ip fake_mac fake_uuid generalize_date generalize_number',
  'jsonb_mask jsonb_pseudonymize redact_text',
)
/** Operators on shapes answer NULL (`#` of segments that do not meet); lower() and upper() of an endless range do, too. */
const NEVER_NULL_OPERATORS = wordSet('||')

function wordSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')))
}

/** Whether a rule can be seen to give no NULL, whatever the row, so that nobody need ask the server. */
export function alwaysNotNull(expression: Expression, relation: Relation): boolean {
  const notNullColumns = new Set(
    relation.columns.filter((column) => column.notNull).map((column) => column.name),
  )
  return neverNull(expression.tree, notNullColumns)
}

function neverNull(node: unknown, columns: ReadonlySet<string>): boolean {
  if (!isRecord(node)) return false
  const [type, fields] = Object.entries(node)[0] ?? []
  if (type === undefined || !isRecord(fields)) return false
  const inner = (value: unknown) => neverNull(value, columns)
  const all = (list: unknown) => Array.isArray(list) && list.every(inner)
  switch (type) {
    case 'A_Const':
      return fields.isnull !== true
    case 'ColumnRef':
      return columns.has(names(fields.fields).at(-1) ?? '')
    case 'TypeCast':
    case 'CollateClause':
    case 'NamedArgExpr':
      return inner(fields.arg)
    case 'CoalesceExpr':
      return Array.isArray(fields.args) && fields.args.some(inner)
    case 'SQLValueFunction':
      return true
    case 'A_Expr':
      return (
        fields.kind === 'AEXPR_OP' &&
        isKnownOperator(fields) &&
        inner(fields.rexpr) &&
        (fields.lexpr === undefined || inner(fields.lexpr))
      )
    case 'FuncCall':
      return isKnownFunction(fields) && (fields.args === undefined || all(fields.args))
    default:
      return false
  }
}

function isKnownOperator(fields: TreeFields): boolean {
  const name = names(fields.name)
  return name.length === 1 && NEVER_NULL_OPERATORS.has(name[0] ?? '')
}

function isKnownFunction(fields: TreeFields): boolean {
  const [first = '', second] = names(fields.funcname)
  if (second === undefined) return NEVER_NULL.has(first)
  if (first === 'pg_catalog') return NEVER_NULL.has(second)
  return first === LIBRARY_SCHEMA && NEVER_NULL_OF_OURS.has(second)
}
