import { describe, expect, test } from 'bun:test'
import { PiecePipe } from '../../src/operations/piece-pipe.ts'
import { refreshFromSource } from '../../src/operations/refresh/from-source.ts'
import type { SourceRefreshRequest } from '../../src/operations/refresh/request.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { dictionary, noCheck, refreshOptions, streamRequest, testContext } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'
import { RefreshedDatabase, uniqueName } from './target.ts'

const ROWS = `
  CREATE TABLE public.big AS SELECT i AS id, 'person ' || i AS who, repeat('x', 100) AS filler FROM generate_series(1, 200000) AS i;
  ALTER TABLE public.big ADD PRIMARY KEY (id);
  CREATE TABLE public.small AS SELECT 1 AS id; ANALYZE`
const OLD = `CREATE TABLE public.t (v text); INSERT INTO public.t VALUES ('old')`

async function requestOf(
  source: TestDatabase,
  target: RefreshedDatabase,
  dump: Partial<SourceRefreshRequest['dump']> = {},
  options: Partial<SourceRefreshRequest> = {},
): Promise<SourceRefreshRequest> {
  return {
    ...(await refreshOptions(target.target)),
    dump: await streamRequest(source.target, dump),
    ...options,
  }
}

describe('a refresh straight from a source', () => {
  test('gives a hostile database as it was', async () => {
    await using source = await TestDatabase.create(hostile)
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const off = { check: { ...noCheck, findings: 'off' as const } }
    const { manifest, oldDatabase } = await refreshFromSource(
      testContext(),
      await requestOf(source, target, {}, off),
    )
    expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(await contentsOf(source.target)))
    expect(manifest.source.database).toBe(source.name)
    expect(oldDatabase).toBe(target.old.database)
    expect(await target.standing()).toEqual(['old', 'target'])
  })

  test('masks, and refuses what the dictionaries forgot', async () => {
    await using source = await TestDatabase.create(
      `CREATE TABLE public.people AS SELECT i AS id, 'jane.doe' || i || '@gmail.com' AS email FROM generate_series(1, 5000) AS i`,
    )
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    expect((await faultOf(refreshFromSource(testContext(), await requestOf(source, target)))).code).toBe(
      'refresh-unmasked',
    )
    expect(await target.standing()).toEqual(['target'])
    const masks = dictionary({
      dictionary: [
        { schema: 'public', table: 'people', fields: { email: `'user' || id || '@example.com'` } },
      ],
    })
    const check = { ...noCheck, dictionaries: [masks] }
    await refreshFromSource(
      testContext(),
      await requestOf(source, target, { dictionaries: [masks] }, { check }),
    )
    expect(
      await target.value<number>(`SELECT count(*)::int FROM public.people WHERE email LIKE 'user%'`),
    ).toBe(5000)
  })

  test('that fails in a rule, in the target, or is interrupted leaves the target as it was', async () => {
    await using source = await TestDatabase.create(ROWS)
    const broken = dictionary({
      dictionary: [
        {
          schema: 'public',
          table: 'big',
          fields: { who: `CASE WHEN id > 150000 THEN (who::int)::text ELSE '' END` },
        },
      ],
    })
    const double = dictionary({ dictionary: [{ schema: 'public', table: 'big', fields: { id: 'id / 2' } }] })
    for (const [dump, code] of [
      [{ dictionaries: [broken] }, 'copy-failed'],
      [{ dictionaries: [double], checkConstraints: false }, 'restore-failed'],
    ] as const) {
      await using target = await RefreshedDatabase.create(uniqueName(), OLD)
      const fault = await faultOf(refreshFromSource(testContext(), await requestOf(source, target, dump)))
      expect(fault.code).toBe(code)
      expect(await target.standing()).toEqual(['target'])
    }
    await using target = await RefreshedDatabase.create(uniqueName(), OLD)
    const interrupt = new AbortController()
    const context = testContext({
      signal: interrupt.signal,
      onProgress: ({ stage, rows }) => {
        if (stage === 'copy' && (rows ?? 0) > 1000) interrupt.abort()
      },
    })
    const work = refreshFromSource(context, await requestOf(source, target))
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(await target.standing()).toEqual(['target'])
    expect(await target.value<string>('SELECT v FROM public.t')).toBe('old')
  })

  test('is refused where source and target are one', async () => {
    await using source = await TestDatabase.create(ROWS)
    await using other = await RefreshedDatabase.create(uniqueName())
    const request = await requestOf(source, other, {}, { target: source.target })
    expect((await faultOf(refreshFromSource(testContext(), request))).code).toBe('target-is-source')
  })
})

describe('the pipe between', () => {
  test('holds no more than it may, and passes everything on in order', async () => {
    const pipe = new PiecePipe(100)
    const { signal } = new AbortController()
    let written = 0
    const writing = (async () => {
      for (let n = 0; n < 50; n++) {
        await pipe.write(new Uint8Array(30).fill(n), signal)
        written++
      }
      pipe.end()
    })()
    const read: number[] = []
    for await (const piece of pipe.read()) {
      read.push(piece[0] ?? -1)
      expect(written - read.length).toBeLessThanOrEqual(5)
    }
    await writing
    expect(read).toEqual([...Array(50).keys()])
  })

  test('lets a writer go whose signal aborts, and gives a reader the error of a writer', async () => {
    const pipe = new PiecePipe(1)
    const abort = new AbortController()
    await pipe.write(new Uint8Array(1), abort.signal)
    const waiting = pipe.write(new Uint8Array(1), abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    pipe.fail(new Error('broken'))
    await expect(Array.fromAsync(pipe.read())).rejects.toThrow('broken')
  })
})
