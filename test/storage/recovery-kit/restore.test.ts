import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { writeBackup } from '../../../src/storage/backup-file.ts'
import { packPiece } from '../../../src/storage/compression/compression.ts'
import { newKey } from '../../../src/storage/sealing/key.ts'
import { TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import { contentsOf, runClient } from '../../server/programs.ts'
import { FolderDestination } from '../folder-destination.ts'
import { cut } from '../streams.ts'
import { programOf, run, unzipKit } from './kit.ts'

test('a backup is restored with the kit, gunzip and pg_restore alone', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE "it's a table" (id int PRIMARY KEY, name text, note text);
    INSERT INTO "it's a table" SELECT n, 'größe ' || n, repeat(md5(n::text), 20)
      FROM generate_series(1, 5000) AS n;
    INSERT INTO "it's a table" VALUES (0, NULL, E'a\\tb\\n"c"\\\\');
  `)
  await using folder = await TestFolder.create()
  const archive = folder.file('archive')
  await runClient('pg_dump', source.target, ['-Fc', '-Z0', '-f', archive, source.name])

  const key = newKey()
  const path = 'shop_2026-11-21T02-00-00Z.dump.gz.sealed'
  const bytes = new Uint8Array(await Bun.file(archive).arrayBuffer())
  async function* members() {
    for await (const block of cut(bytes, 256 * 1024)) yield packPiece('GZIP')(block)
  }
  const { signal } = new AbortController()
  await writeBackup(new FolderDestination(folder.path), path, members(), key, signal, () => {})

  const kit = await unzipKit(folder.path, key)
  const opened = await run(['sh', join(kit, 'decrypt_linux_mac.sh'), path], folder.path)
  expect(opened.complaints).toBe('')
  const unpacked = await run([programOf('gunzip'), 'shop_2026-11-21T02-00-00Z.dump.gz'], folder.path)
  expect(unpacked.complaints).toBe('')

  await using target = await TestDatabase.create()
  const dump = folder.file('shop_2026-11-21T02-00-00Z.dump')
  await runClient('pg_restore', target.target, ['-d', target.name, dump])
  expect(await target.value<string>(`SELECT count(*)::text FROM "it's a table"`)).toBe('5001')
  expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
})
