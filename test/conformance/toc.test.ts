import { expect, test } from 'bun:test'
import { asDirectory, readToc, type Toc, type TocEntry, writeToc } from '../../src/archive/toc/toc.ts'
import hostile from '../round-trip/hostile.sql' with { type: 'text' }
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo } from '../server/operations.ts'
import { runClient } from '../server/programs.ts'

async function tocOf(folder: string): Promise<Toc> {
  return readToc(await Bun.file(`${folder}/toc.dat`).bytes())
}

test('a toc.dat of pg_dump that is read and written again is the same, byte for byte', async () => {
  await using source = await TestDatabase.create(hostile)
  await using folder = await TestFolder.create()
  await runClient('pg_dump', source.target, ['--format=directory', `--file=${folder.file('archive')}`])
  const original = await Bun.file(folder.file('archive/toc.dat')).bytes()
  expect(Buffer.compare(writeToc(readToc(original)), original)).toBe(0)
})

test('the head of a custom archive is the same too, and becomes that of a directory', async () => {
  await using source = await TestDatabase.create(hostile)
  await using folder = await TestFolder.create()
  const file = folder.file('archive.dump')
  await runClient('pg_dump', source.target, ['--format=custom', '--schema-only', `--file=${file}`])
  const original = await Bun.file(file).bytes()
  const toc = readToc(original)
  expect(Buffer.compare(writeToc(toc), original)).toBe(0)

  await runClient('pg_dump', source.target, [
    '--format=directory',
    '--schema-only',
    `--file=${folder.file('dir')}`,
  ])
  const directory = await tocOf(folder.file('dir'))
  expect(asDirectory(toc).entries).toEqual(directory.entries as TocEntry[])
  expect(asDirectory(toc).header.format).toBe(directory.header.format)
})

test('an archive of pgveil has the entries of an archive of pg_dump, field by field', async () => {
  await using source = await TestDatabase.create(hostile)
  await using folder = await TestFolder.create()
  await runClient('pg_dump', source.target, [
    '--format=directory',
    '--no-subscriptions',
    `--file=${folder.file('theirs')}`,
  ])
  await dumpTo(source.target, folder.file('ours'), { largeObjects: true })
  const theirs = comparable(await tocOf(folder.file('theirs')))
  const ours = comparable(await tocOf(folder.file('ours')))
  // What differs is what the guard took out: the password of the server and that of the user mapping.
  const different = theirs.filter((entry, index) => JSON.stringify(entry) !== JSON.stringify(ours[index]))
  expect(different.map((entry) => entry.description)).toEqual(['SERVER', 'USER MAPPING'])
  expect(ours.length).toBe(theirs.length)
})

/** Entries without what may differ between two archives of the same database: numbers and names of files. */
function comparable(toc: Toc) {
  const names = new Map(
    toc.entries.map((entry) => [entry.dumpId, `${entry.description} ${entry.schema} ${entry.tag}`]),
  )
  return toc.entries.map(({ dumpId: _, extra, dependencies, ...entry }) => ({
    ...entry,
    hasFile: extra.kind === 'file' && extra.name !== '',
    // pg_dump writes ids of objects that are not in the archive too; they mean nothing to pg_restore.
    dependencies: dependencies.flatMap((id) => names.get(id) ?? []).sort(),
  }))
}
