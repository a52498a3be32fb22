import type { Server } from '../../catalog/model.ts'
import type { MetaDictionary } from '../../dictionary/meta/meta.ts'
import {
  type PythonRegex,
  toJavaScript,
  toPostgres,
  UntranslatableRegex,
} from '../../dictionary/python-regex/python-regex.ts'
import { join, sql } from '../../lib/sql.ts'
import { constantTests } from './constant-tests.ts'
import { regexGuards } from './regex-guards.ts'
import { matches, type TestOnOurSide, type ValueTest, type ValueTests } from './value-tests.ts'

/** A regular expression that PostgreSQL cannot search for, and why. */
interface Untranslatable {
  readonly rule: string
  readonly why: string
}

export interface MetaTests extends ValueTests {
  readonly untranslatable: readonly Untranslatable[]
}

/** The tests of a meta-dictionary for values: constants first, then regular expressions. */
export function metaTests(meta: MetaDictionary, server: Server): MetaTests {
  const inSql: ValueTest[] = constantTests(meta.constants, meta.partialConstants)
  const untranslatable: Untranslatable[] = []
  const onOurSide: TestOnOurSide[] = []
  for (const regex of meta.regexes) {
    const test = regexTest(regex, server)
    if ('condition' in test) inSql.push(test)
    else {
      untranslatable.push(test)
      onOurSide.push(testHere(regex))
    }
  }
  return { inSql, onOurSide, untranslatable }
}

/** Encodings whose characters have their code points for numbers, so that ranges mean the same in PostgreSQL. */
const UNICODE_ENCODINGS = ['UTF8', 'LATIN1']

function regexTest(regex: PythonRegex, { encoding }: Server): ValueTest | Untranslatable {
  try {
    const translated = toPostgres(regex)
    if (translated.encoding === 'unicode' && !UNICODE_ENCODINGS.includes(encoding))
      return { rule: regex.text, why: `the database has the encoding ${encoding}` }
    return {
      reason: { kind: 'regex', rule: regex.text },
      of: 'text',
      condition: (text, pattern) =>
        join([...regexGuards(regex.tree, text), matches(text, pattern)], sql` AND `),
      pattern: translated.pattern,
      tree: regex.tree,
      otherwise: () => testHere(regex),
    }
  } catch (error) {
    if (!(error instanceof UntranslatableRegex)) throw error
    return { rule: regex.text, why: error.message }
  }
}

function testHere(regex: PythonRegex): TestOnOurSide {
  return { reason: { kind: 'regex', rule: regex.text }, regex: toJavaScript(regex) }
}
