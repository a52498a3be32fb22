import { describe, expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, restoreFrom } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { copyOf } from './copy-of.ts'

describe('large objects', () => {
  const SCHEMA = `
    SELECT lo_from_bytea(4711, 'a text'), lo_from_bytea(4712, decode(repeat('00ff', 50000), 'hex'));
    COMMENT ON LARGE OBJECT 4711 IS 'it''s';
    GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC;
    CREATE TABLE public.t (o oid);
    INSERT INTO public.t VALUES (4711);
  `
  test('are left out, and that is said', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source)
    expect(copy.manifest.leftOut).toContain('2 large objects: --large-objects includes them, as they are')
    expect(await copy.target.value<number>('SELECT count(*)::int FROM pg_largeobject_metadata')).toBe(0)
  })

  test('come along where that is asked for', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using copy = await copyOf(source, { largeObjects: true })
    expect(await contentsOf(copy.target.target)).toBe(await contentsOf(source.target))
    expect(copy.manifest.files.length).toBeGreaterThan(2)
  })

  test('come along with rows alone', async () => {
    await using source = await TestDatabase.create(SCHEMA)
    await using target = await TestDatabase.create('CREATE TABLE public.t (o oid)')
    await using folder = await TestFolder.create()
    await dumpTo(source.target, folder.file('a'), { content: 'data', largeObjects: true })
    await restoreFrom(folder.file('a'), target.target, { content: 'data' })
    expect(await target.value<string>(`SELECT convert_from(lo_get(4711), 'UTF8')`)).toBe('a text')
  })
})
