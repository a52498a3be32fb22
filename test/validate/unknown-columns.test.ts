import { expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

import { dictionary, dumpTo, restoreFrom, validateAt } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'

const SETUP = `
  CREATE TABLE public.people (id int, name text, mail text);
  CREATE TABLE public.events (at date, who text) PARTITION BY RANGE (at);
  CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
  CREATE TABLE public.log (line text);
  CREATE TABLE public.rates (rate int, note text);
  INSERT INTO public.people VALUES (1, 'Ada', 'ada@example.org')`

const masks = dictionary({
  dictionary: [
    { schema: 'public', table: 'people', fields: { mail: "'x'" } },
    { schema: 'public', table: 'events', fields: { who: 'md5(who)' } },
    {
      schema: 'public',
      table: 'rates',
      raw_sql: 'SELECT r.*, 0 AS rate FROM (SELECT note FROM public.rates) AS r',
    },
  ],
  dictionary_exclude: [{ schema: 'public', table: 'log' }],
})

const unlisted = (
  findings: readonly {
    code: string
    place?: { relation?: string | undefined; field?: string | undefined } | undefined
  }[],
) =>
  findings
    .filter(({ code }) => code === 'column-unlisted')
    .map(({ place }) => `${place?.relation}.${place?.field}`)

test('fail names every column that no dictionary knows, and copy says nothing', async () => {
  await using source = await TestDatabase.create(SETUP)
  const request = { dictionaries: [masks], sample: 'none' as const }
  expect(unlisted((await validateAt(source.target, request)).findings)).toEqual([])
  const { findings } = await validateAt(source.target, { ...request, unknownColumns: 'fail' })
  expect(unlisted(findings)).toEqual([
    'public.events_1.at',
    'public.people.id',
    'public.people.name',
    'public.rates.note',
  ])
  expect(findings.every(({ severity }) => severity === 'error')).toBe(true)
  await using folder = await TestFolder.create()
  const fault = await faultOf(
    dumpTo(source.target, folder.file('a'), { dictionaries: [masks], unknownColumns: 'fail' }),
  )
  expect(unlisted(fault.findings).sort()).toEqual(unlisted(findings))
})

test('a baseline lets everything through that it knows, and a migration not', async () => {
  await using source = await TestDatabase.create(SETUP)
  await using folder = await TestFolder.create()
  const { baseline = '' } = await validateAt(source.target, { dictionaries: [masks], sample: 'none' })
  const strict = {
    dictionaries: [masks],
    knownColumns: [{ name: 'known.json', text: baseline }],
    unknownColumns: 'fail' as const,
  }
  expect((await validateAt(source.target, { ...strict, sample: 'none' })).findings).toEqual([])
  await dumpTo(source.target, folder.file('a'), strict)
  await source.run(
    'ALTER TABLE public.people ADD ssn text; ALTER TABLE public.events ADD "Ünknown ""x""" text',
  )
  const { findings } = await validateAt(source.target, { ...strict, sample: 'none' })
  expect(unlisted(findings)).toEqual(['public.events_1.Ünknown "x"', 'public.people.ssn'])
  expect((await faultOf(dumpTo(source.target, folder.file('b'), strict))).code).toBe('column-unlisted')
  const lenient = await validateAt(source.target, { ...strict, unknownColumns: 'copy', sample: 'none' })
  expect(lenient.findings.map(({ severity }) => severity)).toEqual(['warning', 'warning'])
})

test('null empties them, and nothing else', async () => {
  await using source = await TestDatabase.create(SETUP)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const known = {
    name: 'known.json',
    text: '{"no_sens_dictionary": [{"schema": "public", "table": "people", "fields": ["id"]}]}',
  }
  await dumpTo(source.target, folder.file('a'), {
    dictionaries: [masks],
    knownColumns: [known],
    unknownColumns: 'null',
  })
  await restoreFrom(folder.file('a'), target.target)
  expect(await target.rows('SELECT * FROM public.people')).toEqual([{ id: 1, name: null, mail: 'x' }])
  expect(JSON.stringify(await contentsOf(target.target))).not.toContain('Ada')
})

test('a non-sensitive dictionary of another shape is refused at its place', async () => {
  await using source = await TestDatabase.create(SETUP)
  for (const text of [
    '{}',
    '{"no_sens_dictionary": [{"schema": "public", "table": "people"}]}',
    '{"x": []}',
  ]) {
    const { findings } = await validateAt(source.target, { knownColumns: [{ name: 'k.json', text }] })
    expect(findings.map(({ code, place }) => [code, place?.file])).toEqual([['dictionary-shape', 'k.json']])
  }
})
