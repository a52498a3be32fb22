import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { constraintChecks } from '../../src/compile/checks/constraints.ts'
import { buildPlan } from '../../src/compile/plan/build.ts'
import { copyStatement, needsEmptySearchPath } from '../../src/compile/select.ts'
import { mergeSensitiveDictionaries, readSensitiveDictionary } from '../../src/dictionary/sensitive.ts'
import { describePlace } from '../../src/lib/fault.ts'
import { readCatalog } from '../../src/postgres/introspect.ts'
import { Snapshot } from '../../src/postgres/snapshot.ts'
import { TestDatabase } from '../server/database.ts'

/**
 * Each folder of cases/ holds a schema, dictionaries, and the SQL that the two make together. To write the SQL anew
 * after a change that is meant, run the test with UPDATE_GOLDEN=1 and read the difference.
 */
const CASES = join(import.meta.dir, 'cases')

test.each(readdirSync(CASES).sort())('%s', async (name) => {
  const file = (path: string) => Bun.file(join(CASES, name, path))
  await using database = await TestDatabase.create(await file('schema.sql').text())
  const dictionaries = readdirSync(join(CASES, name)).filter((path) => /\.(py|json)$/.test(path))
  const sql = await compile(
    database,
    await Promise.all(
      dictionaries.sort().map(async (path) => ({ name: path, text: await file(path).text() })),
    ),
  )
  if (process.env.UPDATE_GOLDEN) await Bun.write(join(CASES, name, 'expected.sql'), sql)
  expect(sql).toBe(await file('expected.sql').text())
})

async function compile(
  database: TestDatabase,
  sources: readonly { name: string; text: string }[],
): Promise<string> {
  const snapshot = await Snapshot.begin(database.target, { lockWait: 5000 })
  try {
    const catalog = await readCatalog(snapshot.session, snapshot.databaseSearchPath)
    const dictionary = mergeSensitiveDictionaries(sources.map(readSensitiveDictionary))
    const plan = await buildPlan({
      catalog,
      dictionary,
      policy: { allowUnmatched: true, unknownColumns: 'copy', followKeys: false },
    })
    const byName = plan.tables.toSorted((left, right) =>
      left.relation.sqlName < right.relation.sqlName ? -1 : 1,
    )
    return (
      [
        ...byName.map((table) => {
          const note =
            table.rows.kind === 'left-out'
              ? ' -- no rows'
              : needsEmptySearchPath(table)
                ? ' -- empty search_path'
                : ''
          return `${copyStatement(table)};${note}\n`
        }),
        ...plan.leftOut
          .map(({ relation, reason }) => `-- left out: ${relation.sqlName} (${reason})\n`)
          .sort(),
        ...plan.findings.map(
          (finding) => `-- ${finding.code}: ${describePlace(finding.place)}: ${finding.message}\n`,
        ),
        ...constraintChecks(catalog, { ...plan, tables: byName }).map(
          (check) =>
            `\n-- check ${check.kind} ${check.name} of ${check.table.relation.sqlName}\n${check.query};\n`,
        ),
      ]
        .join('\n')
        // The oid of a table is another one in every database.
        .replaceAll(/'\d+'::oid/g, "'…'::oid")
    )
  } finally {
    await snapshot.close()
  }
}
