import { afterAll, beforeAll, expect, test } from 'bun:test'
import { fromShippedFile, identifier, sql } from '../../src/lib/sql.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dumpTo, restoreFrom, restoreStreamInto, streamOf } from '../server/operations.ts'
import { Pooler } from '../server/pooler.ts'

/** It holds how the session committed that filled it: one of pg_restore's. That waits for the disk however, and comes last. */
const FEW = `
  CREATE MATERIALIZED VIEW public.seen AS
  SELECT current_setting('synchronous_commit') AS how, current_setting('work_mem') AS work;`
const TABLES = `
  DO $$ BEGIN FOR i IN 1..60 LOOP EXECUTE format('CREATE TABLE public.many_%s AS SELECT %s AS id', i, i); END LOOP; END $$`
const MANY = `${FEW} ${TABLES}`

/** It waits for its disk, as servers do, and brings nothing there by itself for longer than a test takes. */
let durable: ThrowawayCluster
beforeAll(async () => {
  durable = await ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
    settings: {
      fsync: 'on',
      synchronous_commit: 'on',
      wal_writer_delay: '10s',
      wal_writer_flush_after: '1GB',
      wal_buffers: '64MB',
      autovacuum: 'off',
    },
  })
})
afterAll(() => durable.stop())

let number = 0

async function createTarget(): Promise<Target> {
  const name = `target_${++number}`
  const session = await Session.open(durable.target('postgres'))
  await session.run(sql`CREATE DATABASE ${identifier(name)} TEMPLATE template0`)
  await session.close()
  return durable.target(name)
}

async function ask<Row>(target: Target, question: string): Promise<Row> {
  const session = await Session.open(target)
  try {
    return await session.row<Row>(fromShippedFile(question))
  } finally {
    await session.close()
  }
}

/** How pg_restore's sessions committed. */
const look = (target: Target) =>
  ask<{ how: string; work: string }>(target, 'SELECT how, work FROM public.seen')

/** How much of the server's WAL is not on disk. */
async function waitingBytes(target: Target): Promise<number> {
  const { bytes } = await ask<{ bytes: number }>(
    target,
    `SELECT (pg_catalog.pg_current_wal_insert_lsn() - pg_catalog.pg_current_wal_flush_lsn())::float8 AS bytes`,
  )
  return bytes
}

async function restored(setup: string, target: Target): Promise<void> {
  await using source = await TestDatabase.create(setup)
  await using folder = await TestFolder.create()
  await dumpTo(source.target, folder.file('a'))
  await restoreFrom(folder.file('a'), target)
}

/** What the catalog writes into WAL while it is read: 64 to 160 bytes, where this restore writes 275,000. */
const OF_READING = 1000

test('many objects are waited for at the end, from an archive as from a stream', async () => {
  const target = await createTarget()
  await restored(TABLES, target)
  expect(await waitingBytes(target)).toBeLessThan(OF_READING)

  await using source = await TestDatabase.create(TABLES)
  const other = await createTarget()
  await restoreStreamInto(other, await streamOf(source.target))
  expect(await waitingBytes(other)).toBeLessThan(OF_READING)
})

test("pg_restore's sessions do not wait, and keep what the target asks for beside", async () => {
  const target = await createTarget()
  await restored(MANY, { ...target, options: '-c work_mem=7MB -c synchronous_commit=local' })
  expect(await look(target)).toEqual({ how: 'off', work: '7MB' })

  await using source = await TestDatabase.create(MANY)
  const other = await createTarget()
  await restoreStreamInto(other, await streamOf(source.target))
  expect((await look(other)).how).toBe('off')
})

test('a few objects are waited for one by one', async () => {
  const target = await createTarget()
  await restored(FEW, target)
  expect((await look(target)).how).toBe('on')
})

test('so are many where something on the way refuses sessions with settings', async () => {
  const target = await createTarget()
  await using pooler = await Pooler.before(target)
  await restored(MANY, pooler.target)
  expect(pooler.refused).toBe(1)
  expect((await look(target)).how).toBe('on')
})

test('and where a user may not write the record that is waited for', async () => {
  const target = await createTarget()
  const owner = await Session.open(target)
  await owner.run(
    fromShippedFile(`
    CREATE ROLE plain LOGIN PASSWORD 'plain';
    GRANT CREATE ON DATABASE ${target.database} TO plain; GRANT ALL ON SCHEMA public TO plain;
    DO $$ DECLARE f regprocedure; BEGIN
      FOR f IN SELECT oid FROM pg_catalog.pg_proc WHERE proname = 'pg_logical_emit_message' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
      END LOOP;
    END $$`),
  )
  await owner.close()
  await restored(MANY, { ...target, options: '-c role=plain' })
  expect((await look(target)).how).toBe('on')
})
