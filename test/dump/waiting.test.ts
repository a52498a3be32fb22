import { expect, test } from 'bun:test'
import { sql } from '../../src/lib/sql.ts'
import { Session } from '../../src/postgres/session.ts'
import { TestDatabase } from '../server/database.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo } from '../server/operations.ts'

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
