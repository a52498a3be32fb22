import { expect } from 'bun:test'
import type { DumpRequest } from '../../src/operations/dump/request.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, restoreFrom } from '../server/operations.ts'

/** Dumps a database and restores it into another one. */
export async function copyOf(source: TestDatabase, overrides: Partial<DumpRequest> = {}) {
  const target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const { manifest, warnings } = await dumpTo(source.target, folder.file('a'), overrides)
  const { leftOut } = await restoreFrom(folder.file('a'), target.target)
  expect(leftOut).toEqual([])
  return { target, manifest, warnings, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() }
}
