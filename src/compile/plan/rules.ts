import type { SensitiveDictionary, TableRule } from '../../dictionary/sensitive.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import {
  type Condition,
  type Expression,
  type RawQuery,
  readCondition,
  readExpression,
  readRawQuery,
} from '../expression.ts'

/** A dictionary's rules with all their SQL parsed. */
export interface ParsedRules {
  readonly expressions: ReadonlyMap<SqlText, Expression>
  readonly conditions: ReadonlyMap<SqlText, Condition>
  readonly queries: ReadonlyMap<SqlText, RawQuery>
}

/** Parses all SQL of a dictionary at once, so that every mistake in it is reported together. */
export async function parseRules(dictionary: SensitiveDictionary): Promise<ParsedRules> {
  const findings: Finding[] = []
  const parseAll = async <Parsed>(
    texts: readonly SqlText[],
    parse: (text: SqlText) => Promise<Parsed>,
  ): Promise<Map<SqlText, Parsed>> => {
    const parsed = new Map<SqlText, Parsed>()
    for (const text of texts) {
      try {
        parsed.set(text, await parse(text))
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        findings.push(...error.findings)
      }
    }
    return parsed
  }
  const all = (pick: (rule: TableRule) => readonly (SqlText | undefined)[]) =>
    dictionary.rules.flatMap((rule) => pick(rule).filter((text) => text !== undefined))
  const rules: ParsedRules = {
    expressions: await parseAll(
      all((rule) => [...rule.fields.values()]),
      readExpression,
    ),
    conditions: await parseAll(
      all((rule) => [rule.condition]),
      readCondition,
    ),
    queries: await parseAll(
      all((rule) => [rule.rawSql]),
      readRawQuery,
    ),
  }
  if (findings.length > 0) throw Fault.of(findings)
  return rules
}
