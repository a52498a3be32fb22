import { describe, expect, test } from 'bun:test'
import type { TocEntry } from '../../src/archive/toc/toc.ts'
import { ComplaintReader } from '../../src/operations/restore/complaints.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom } from '../server/operations.ts'

const ENTRIES = [
  {
    dumpId: 1,
    description: 'FUNCTION',
    tag: 'f()',
    definition: 'CREATE FUNCTION public.f() AS $$\n  CREATE INDEX i ON public.t (v);\n$$;\n',
  },
  {
    dumpId: 2,
    description: 'TABLE',
    tag: 't',
    definition: 'CREATE TABLE public.t (\n    v text\n);\n',
    dropStatement: 'DROP TABLE public.t;\n',
  },
  { dumpId: 3, description: 'TABLE DATA', tag: 't', definition: '' },
  {
    dumpId: 4,
    description: 'CONSTRAINT',
    tag: 't one',
    definition: 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT one UNIQUE (v);\n',
  },
  {
    dumpId: 5,
    description: 'CONSTRAINT',
    tag: 't two',
    definition: 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT two UNIQUE (v);\n',
  },
  { dumpId: 6, description: 'INDEX', tag: 'i', definition: 'CREATE INDEX i ON public.t (v);\n' },
].map((entry) => ({ schema: 'public', ...entry }) as unknown as TocEntry)

/** What is complained of, each as its entry and its message, when pg_restore says these lines. */
function heard(...lines: string[]): string[] {
  const complaints: string[] = []
  const reader = new ComplaintReader(ENTRIES, ({ entry, message }) => complaints.push(`${entry}: ${message}`))
  for (const line of lines.flatMap((text) => text.split('\n'))) reader.line(line)
  reader.end()
  return complaints
}

const refused = (error: string, command: string) =>
  `pg_restore: error: could not execute query: ERROR:  ${error}\nDETAIL:  Key (v)=(Alice).\nCommand was: ${command}\n`

test('a complaint names its entry, whether pg_restore does or only shows the command', () => {
  const unique = 'could not create unique index "two"'
  const command = 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT two UNIQUE (v);\n'
  expect(heard(refused(unique, command))).toEqual([`CONSTRAINT public.t two: ${unique}`])
  expect(
    heard('pg_restore: from TOC entry 4; 2606 1 CONSTRAINT t one owner', refused(unique, command)),
  ).toEqual([`CONSTRAINT public.t one: ${unique}`])
  expect(heard(refused('permission denied for table t', 'DROP TABLE IF EXISTS public.t;\n'))).toEqual([
    'TABLE public.t: permission denied for table t',
  ])
  expect(heard(refused('role "r" does not exist', 'ALTER TABLE public.t OWNER TO r;\n'))).toEqual([
    'undefined: role "r" does not exist',
  ])
})

test('a complaint is told as soon as its command has been', () => {
  const complaints: unknown[] = []
  const reader = new ComplaintReader(ENTRIES, (complaint) => complaints.push(complaint))
  for (const line of refused('x', 'CREATE TABLE public.t (\n    v text\n);').split('\n').slice(0, 5))
    reader.line(line)
  expect(complaints.length).toBe(1)
})

test('no value of a row is told, of a function neither that has the same command in it', () => {
  const words = "PostgreSQL refused a row or a value; the server's log says which"
  expect(
    heard(
      'pg_restore: error: COPY failed for table "t": ERROR:  Alice said',
      'CONTEXT:  COPY t, line 1: "Alice"',
      refused('Alice said', 'CREATE INDEX i ON public.t (v);\n'),
      refused('Alice said', 'SELECT something();\n'),
    ),
  ).toEqual([`TABLE DATA public.t: ${words}`, `INDEX public.i: ${words}`, `undefined: ${words}`])
})

describe('what pg_restore complains of', () => {
  test('ends the restore, naming the object and quoting no row', async () => {
    await using broken = await TestDatabase.create(
      `CREATE TABLE public.u (v text); INSERT INTO public.u VALUES ('private-a'), ('private-b'); CREATE UNIQUE INDEX one ON public.u (v)`,
    )
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    const same = dictionary({ dictionary: [{ schema: 'public', table: 'u', fields: { v: `'private'` } }] })
    await dumpTo(broken.target, archive.file('a'), { dictionaries: [same], checkConstraints: false })
    const fault = await faultOf(restoreFrom(archive.file('a'), target.target))
    expect([fault.code, fault.message]).toEqual([
      'restore-failed',
      expect.stringContaining('could not create unique index "one"'),
    ])
    expect(fault.place?.relation).toBe('INDEX public.one')
    expect(JSON.stringify(fault.findings)).not.toContain('private')
  })

  test('is a warning where only a role is missing', async () => {
    await using granted = await TestDatabase.create()
    await granted.run(`CREATE ROLE soon_gone_${process.pid}; CREATE TABLE public.t (a int)`)
    await granted.run(`GRANT SELECT ON public.t TO soon_gone_${process.pid}`)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    await dumpTo(granted.target, archive.file('a'))
    await granted.run(`DROP OWNED BY soon_gone_${process.pid}; DROP ROLE soon_gone_${process.pid}`)
    const { warnings } = await restoreFrom(archive.file('a'), target.target)
    expect(warnings.map(({ code }) => code)).toEqual(['privileges-not-restored'])
  })
})
