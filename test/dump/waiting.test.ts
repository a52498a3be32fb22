import { expect, test } from 'bun:test'
import { fromShippedFile, sql } from '../../src/lib/sql.ts'
import { Session } from '../../src/postgres/session.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, scanAt } from '../server/operations.ts'

test('a dump waits for a locked table no longer than it was told to', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (id int)')
  await using folder = await TestFolder.create()
  const other = await Session.open(source.target)
  try {
    await other.run(sql`BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE`)
    const fault = await faultOf(dumpTo(source.target, folder.file('a'), { lockWait: 200 }))
    expect(fault.code).toBe('lock-unavailable')
  } finally {
    await other.close()
  }
})

test('a role that may not read a sequence hears so before rows are copied', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (id serial)')
  await using folder = await TestFolder.create()
  const role = `reader_${source.name}`
  await source.run(`CREATE ROLE "${role}" LOGIN PASSWORD 'x'; GRANT SELECT ON public.t TO "${role}"`)
  try {
    const target = { ...source.target, options: `-c role=${role}` }
    const fault = await faultOf(dumpTo(target, folder.file('a')))
    expect([fault.code, fault.message]).toEqual(['privilege-missing', expect.stringContaining('t_id_seq')])
  } finally {
    await source.run(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`)
  }
})

test('a scan waits for a locked table no longer than it was told to', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (id int)')
  const other = await Session.open(source.target)
  try {
    await other.run(sql`BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE`)
    const fault = await faultOf(scanAt(source.target, undefined, { lockWait: 200 }))
    expect(fault.code).toBe('lock-unavailable')
  } finally {
    await other.close()
  }
})

test('a view that takes the place of a table runs nothing', async () => {
  await using source = await TestDatabase.create(`
    CREATE TABLE public.t (mail text);
    CREATE SEQUENCE public.called;
    CREATE FUNCTION public.caught() RETURNS text VOLATILE LANGUAGE sql AS $$ SELECT nextval('public.called')::text $$`)
  await using folder = await TestFolder.create()
  const other = await Session.open(source.target)
  try {
    await other.run(
      sql`BEGIN; ALTER TABLE public.t RENAME TO t_; CREATE VIEW public.t AS SELECT public.caught() AS mail`,
    )
    const refused = faultOf(dumpTo(source.target, folder.file('a'), { lockWait: 20_000 }))
    await other.run(
      fromShippedFile(`DO $$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE NOT granted) LOOP PERFORM pg_catalog.pg_sleep(0.01); END LOOP;
    END $$`),
    )
    await other.run(sql`COMMIT`)
    const fault = await refused
    expect([fault.code, fault.message]).toEqual(['lock-unavailable', expect.stringContaining('replaced')])
    expect(await source.value<boolean>('SELECT is_called FROM public.called')).toBe(false)
  } finally {
    await other.close()
  }
})
