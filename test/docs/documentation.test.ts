import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { readSensitiveDictionary } from '../../src/dictionary/sensitive.ts'
import { readTablesDictionary } from '../../src/dictionary/tables.ts'
import { type FaultKind, KIND_BY_CODE } from '../../src/lib/fault-codes.ts'
import { init } from '../../src/operations/init.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { testContext } from '../server/operations.ts'
import { clientProgram } from '../server/programs.ts'

const ROOT = join(import.meta.dir, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** Fenced blocks of a language, with the indentation of the list that they stand in taken off. */
function blocks(file: string, language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm')
  return [...read(file).matchAll(fence)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
}

test('the five-minute guide of the README works as it stands', async () => {
  const [, ...guide] = blocks('README.md', 'sh')
  expect(guide.length).toBe(5)
  await dropDatabase('shop')
  const shop = await TestDatabase.createAs('shop')
  await using folder = await TestFolder.create()
  try {
    await shop.run(`
      CREATE SCHEMA shop; CREATE SCHEMA audit;
      CREATE TABLE shop.customers (id int PRIMARY KEY, email text, full_name text, phone text);
      INSERT INTO shop.customers VALUES (1, 'ada@example.org', 'Ada Example', '+44 555 1234567');
      CREATE TABLE shop.access_log (at timestamptz, what text);
      INSERT INTO shop.access_log VALUES (now(), 'new'), (now() - interval '1 year', 'old');
      CREATE TABLE audit.entries (v text)`)
    await Bun.write(
      folder.file('bin/pgveil'),
      `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/src/main.ts' "$@"\n`,
    )
    chmodSync(folder.file('bin/pgveil'), 0o755)
    const { host, port, user, password } = shop.target
    const psqlFolder = join((await clientProgram('psql')).path, '..')
    const run = Bun.spawn(['sh', '-e', '-c', guide.join('\n')], {
      cwd: folder.path,
      env: {
        PATH: [folder.file('bin'), psqlFolder, process.env.PATH].join(delimiter),
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: user,
        PGPASSWORD: password?.reveal() ?? '',
      },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [output, complaints] = await Promise.all([
      new Response(run.stdout).text(),
      new Response(run.stderr).text(),
    ])
    expect([await run.exited, complaints]).toEqual([0, expect.any(String)])
    expect(output).toContain('shop_test: 2 tables, 2 rows')
  } finally {
    await shop[Symbol.asyncDispose]()
    await dropDatabase('shop_test')
  }
})

test('the two commands of the README are those of package.json', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const [commands = ''] = blocks('README.md', 'sh')
  for (const name of ['demo', 'test']) expect(scripts[name]).toBeTruthy()
  expect(commands).toMatch(/^npm run demo .*\nnpm test .*\n$/)
})

test('the dictionaries of the documentation are dictionaries', () => {
  const file = 'docs/dictionaries.md'
  const sensitive = blocks(file, 'python').map((text) => readSensitiveDictionary({ name: file, text }))
  expect(sensitive.flatMap(({ rules }) => rules).length).toBe(5)
  const tables = blocks(file, 'python tables').flatMap((text) => readTablesDictionary({ name: file, text }))
  expect(tables.length).toBe(2)
})

test('the examples among the dictionaries are dictionaries', () => {
  const folder = 'dicts/examples'
  for (const name of readdirSync(join(ROOT, folder))) {
    expect(readSensitiveDictionary({ name, text: read(join(folder, name)) }).rules.length).toBeGreaterThan(0)
  }
})

describe('the table of functions', () => {
  const rows = [
    ...read('docs/functions.md').matchAll(/^\| `(\w+)\(.*\| `(.*)` \| `(.*)` \| ([A-Z]+) \| [0-9.–]+ \|$/gm),
  ]

  test('has every function of the library', async () => {
    await using database = await TestDatabase.create()
    await init(testContext(), database.target)
    const installed = await database.rows<{ name: string; volatility: string }>(
      `SELECT DISTINCT ON (proname) proname AS name,
         CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility
       FROM pg_proc WHERE pronamespace = 'anon_funcs'::regnamespace ORDER BY proname, provolatile`,
    )
    const documented = installed.filter(({ name }) => !INNER_FUNCTIONS.includes(name))
    expect(rows.map(([, name, , , volatility]) => ({ name, volatility })).sort(byName)).toEqual(
      documented.sort(byName),
    )
    for (const [, name, example = '', gives = ''] of rows) {
      const call = example.includes('anon_funcs.') ? example : `anon_funcs.${example}`
      expect([name, await database.value(`SELECT (${call}) = (${gives})`)]).toEqual([name, true])
    }
  })
})

/** What the others are made of. */
const INNER_FUNCTIONS = [
  ...[
    'digest_by_pgcrypto',
    'refuse',
    'salt',
    'seed',
    'seed_number',
    'seed_digits',
    'permutation_key',
    'permute',
  ],
  ...['pseudonym_number', 'words_of', 'word_at', 'street_at', 'company_at', 'luhn_digit'],
  ...['jsonb_pseudonym', 'jsonb_change'],
]

function byName(left: { name?: string | undefined }, right: { name?: string | undefined }): number {
  return (left.name ?? '') < (right.name ?? '') ? -1 : 1
}

test('every command of the documentation is one of the program', async () => {
  const run = Bun.spawn([process.execPath, join(ROOT, 'src/main.ts'), '--help'], { stdout: 'pipe' })
  const help = await new Response(run.stdout).text()
  const known = [...help.matchAll(/^ {2}([a-z|-]+) (?:\[options\]|\[command\]| )/gm)]
    .flatMap(([, names = '']) => names.split('|'))
    .filter((name) => name !== 'help')
  const documented = [...read('docs/command-line.md').matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(?:pgveil )?([a-z-]+)`/g)].map(([, name]) => name),
  )
  expect(documented.sort()).toEqual(known.sort())
})

test('every code of a fault is explained, under its kind', () => {
  const kinds: Record<string, FaultKind> = { 'Wrong use': 'usage', Refused: 'refused', Failed: 'failed' }
  const sections = read('docs/faults.md').split(/^## /m).slice(1)
  const explained = sections.flatMap((section) => {
    const kind = kinds[/^[^:\n]+/.exec(section)?.[0] ?? '']
    const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell)
    return cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code, kind]))
  })
  const known = Object.entries(KIND_BY_CODE).filter(([code]) => code !== 'interrupted')
  expect(explained.sort()).toEqual(known.sort())
})

test('what the map of the code names is there', () => {
  const text = read('docs/code.md')
  const places = [...text.matchAll(/`((?:src|sql|test)\/[^`]*)`/g)].map(([, place = '']) => place)
  expect(places.filter((place) => !existsSync(join(ROOT, place)))).toEqual([])
  expect(places.length).toBeGreaterThan(20)
  for (const folder of readdirSync(join(ROOT, 'src'), { withFileTypes: true })) {
    if (folder.isDirectory()) expect(text).toContain(`\`${folder.name}\``)
  }
})

test('links between the documents lead somewhere', () => {
  const documents = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  const dead = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)].flatMap(
      ([link, file, anchor]) => {
        const target = file ? join(dirname(document), file) : document
        if (!existsSync(join(ROOT, target))) return [`${document}: ${link}`]
        return anchor && !anchorsOf(target).has(anchor) ? [`${document}: ${link}`] : []
      },
    ),
  )
  expect(dead).toEqual([])
})

/** Of the headings of a document, as GitHub makes them. */
function anchorsOf(document: string): Set<string> {
  const headings = [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
  return new Set(
    headings.map(
      (text) =>
        `#${text
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} -]/gu, '')
          .replaceAll(' ', '-')}`,
    ),
  )
}

test('nothing names the registry, the machine, or a folder outside the project', () => {
  const tracked = Bun.spawnSync(['git', 'ls-files'], { cwd: ROOT }).stdout.toString().trim().split('\n')
  const offending = tracked.filter(
    (file) =>
      /registry\.npmjs|\/(work|farm)\/|\.\.\/shared/.test(read(file)) &&
      !file.endsWith('documentation.test.ts'),
  )
  expect(offending).toEqual([])
})
