import { LIBRARY_SCHEMA } from '../catalog/model.ts'
import type { Expression } from './expression.ts'
import { isRecord, locationOf, names, type TreeFields, walkTree } from './parser/tree.ts'
import { RuleText } from './rule-text.ts'

/** Functions of the library that take a salt, and at which place among their arguments, from 0. */
export const SALT_ARGUMENT: Readonly<Record<string, number>> = {
  pseudonym_int: 1,
  pseudonym_digits: 1,
  fake_first_name: 1,
  fake_last_name: 1,
  fake_full_name: 1,
  fake_email: 2,
  fake_phone: 2,
  fake_city: 1,
  fake_street: 1,
  fake_company: 1,
  fake_iban: 2,
  fake_card_number: 1,
  fake_ip: 1,
  fake_mac: 1,
  fake_uuid: 1,
  jsonb_pseudonymize: 2,
}

/** How a rule stands to the salt of the session. */
export interface SaltUse {
  /** Bytes of the parsed text at which calls begin that take the session's salt for want of an argument. */
  readonly calls: readonly number[]
  /** It asks for the salt itself. */
  readonly asksItself: boolean
  /**
   * It asks for a setting, or gives a salt that may turn out to be NULL and so stand for the session's: whoever reads a
   * view could choose it.
   */
  readonly dependsOnSession: boolean
  /** A salt is written out in it. */
  readonly writesSalt: boolean
}

/** Reads it off the tree of an expression, a condition or a query. */
export function saltUse(tree: unknown): SaltUse {
  const calls: number[] = []
  let [asksItself, dependsOnSession, writesSalt] = [false, false, false]
  walkTree(tree, (type, fields) => {
    if (type !== 'FuncCall') return
    const [first = '', second] = names(fields.funcname)
    const name = second ?? first
    if (name === 'current_setting') dependsOnSession = true
    if (second !== undefined && first !== LIBRARY_SCHEMA) return
    if (name === 'salt') asksItself = true
    if (name === 'digest') writesSalt ||= isText(saltArgument(fields, DIGEST_SALT))
    const at = SALT_ARGUMENT[name]
    if (at === undefined) return
    const given = saltArgument(fields, at)
    if (given === undefined) calls.push(locationOf(fields))
    else if (isText(given)) writesSalt = true
    else dependsOnSession = true
  })
  return { calls, asksItself, dependsOnSession, writesSalt }
}

/** Place of the salt among the arguments of digest(), from 0. */
const DIGEST_SALT = 1

/** The argument of a call that gives the salt, by its name or at its place. */
function saltArgument(call: TreeFields, at: number): unknown {
  const args: unknown[] = Array.isArray(call.args) ? call.args : []
  const named = args
    .map((argument) => (isRecord(argument) ? argument.NamedArgExpr : undefined))
    .filter(isRecord)
  const byName = named.find((argument) => argument.name === 'salt')
  if (byName) return byName.arg
  return args.length - named.length > at ? args[at] : undefined
}

function isText(node: unknown): boolean {
  const constant: unknown = isRecord(node) ? node.A_Const : undefined
  return isRecord(constant) && constant.sval !== undefined
}

/**
 * The rule with `salt => …` put into every call that lacks it: what a view computes must not depend on a setting that
 * its reader can change.
 */
export async function withSalt(expression: Expression, salt: string): Promise<Expression> {
  const { calls } = saltUse(expression.tree)
  if (calls.length === 0) return expression
  const text = await RuleText.of(expression)
  for (const byte of calls) {
    const closing = text.callAt(byte).end - 1
    text.replace({ start: closing, end: closing }, `, salt => ${salt}`)
  }
  return text.expression()
}
