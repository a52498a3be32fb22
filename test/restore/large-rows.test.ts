import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '../../src/operations/context.ts'
import type { RestoreRequest } from '../../src/operations/restore/request.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom, testContext } from '../server/operations.ts'

describe('rows that take a while', () => {
  const big = `CREATE TABLE public.big AS SELECT repeat('x', 1000000) AS v FROM generate_series(1, 66)
    UNION ALL SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300000) AS i;
    CREATE TABLE public.small AS SELECT 1 AS i`

  const small = dictionary({ tables: [{ schema: 'public', table: 'small' }] }, 'tables.json')

  test('are told of as they go in; those that are in at once are not', async () => {
    await using source = await TestDatabase.create(big)
    await using archive = await TestFolder.create()
    await dumpTo(source.target, archive.file('a'))
    const told = async (overrides: Partial<RestoreRequest>) => {
      await using target = await TestDatabase.create()
      const items: (string | undefined)[] = []
      const onProgress = ({ stage, item }: Progress) => stage === 'restore' && items.push(item)
      await restoreFrom(archive.file('a'), target.target, overrides, testContext({ onProgress }))
      return items.sort()
    }
    expect(await told({ jobs: 1 })).toEqual(['public.big', 'public.small', undefined])
    expect(await told({ jobs: 2 })).toEqual(['public.big', 'public.small', undefined])
    expect(await told({ onlyTables: [small] })).toEqual([undefined])
  })

  test('are refused where a byte was changed in their middle', async () => {
    await using source = await TestDatabase.create(big)
    await using target = await TestDatabase.create()
    await using archive = await TestFolder.create()
    const { manifest } = await dumpTo(source.target, archive.file('a'))
    const { file, fileBytes } = manifest.tables.find(({ name }) => name === 'big') ?? {}
    expect(fileBytes).toBeGreaterThan(4 * 1024 * 1024)
    const path = join(archive.file('a'), file ?? '')
    const bytes = readFileSync(path)
    const middle = bytes.length >> 1
    bytes[middle] = 1 ^ (bytes[middle] ?? 0)
    writeFileSync(path, bytes)
    const fault = await faultOf(restoreFrom(archive.file('a'), target.target))
    expect([fault.code, fault.message]).toEqual([
      'archive-damaged',
      `The archive is damaged: ${file} was changed.`,
    ])
    expect(
      await target.value<number>("SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'"),
    ).toBe(0)
  })
})
