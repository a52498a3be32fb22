import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Fault } from '../../src/lib/fault.ts'
import { literal, type Sql, sql } from '../../src/lib/sql.ts'
import { type CopiedRows, CopyError, CopyMessages, EndOfCopy } from '../../src/postgres/copy-messages.ts'
import { CopySession } from '../../src/postgres/copy-session.ts'
import { EMPTY_SEARCH_PATH } from '../../src/postgres/settings.ts'
import { TestDatabase } from '../server/database.ts'

const NEVER = new AbortController().signal

async function textOf(rows: AsyncIterable<CopiedRows>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const { bytes } of rows) pieces.push(Uint8Array.from(bytes))
  return Buffer.concat(pieces).toString()
}

function copyOf(text: string): Sql {
  return sql`COPY (SELECT ${literal(text)}) TO STDOUT`
}

describe('the messages of COPY', () => {
  const message = (kind: string, body: Uint8Array | string) => {
    const bytes = Buffer.from(body as string)
    const head = Buffer.from(`${kind}    `)
    head.writeInt32BE(bytes.length + 4, 1)
    return Buffer.concat([head, bytes])
  }

  test('give the same rows wherever the network cuts them', () => {
    const answer = fc.array(fc.string({ maxLength: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(30)),
        (answers, cuts) => {
          const wire = Buffer.concat(
            answers.flatMap((rows, at) => [
              message('H', '\0\0\0'),
              ...rows.map((row) => message('d', `${row}\n`)),
              message('c', ''),
              ...(at % 2 === 1
                ? [message('E', 'SERROR\0VERROR\0C22012\0Mdivision\0\0')]
                : [message('C', 'COPY 1\0')]),
              message('Z', 'T'),
            ]),
          )
          const reader = new CopyMessages()
          const read: string[] = ['']
          const counted = [0]
          for (let at = 0; at < wire.length; ) {
            const length = 1 + (cuts.next().value ?? 0)
            // A copy of its own, since what is read is changed, and its memory gone before more of it comes.
            const cut = new Uint8Array(wire.subarray(at, at + length))
            for (const piece of reader.read(cut)) {
              if (piece instanceof EndOfCopy) {
                read.push(piece.sqlState ?? 'done', '')
                counted.push(0)
              } else {
                read[read.length - 1] += [...piece.bytes].map((byte) => String.fromCharCode(byte)).join('')
                counted[counted.length - 1] = (counted.at(-1) ?? 0) + piece.rows
              }
            }
            cut.buffer.transfer(0)
            at += length
          }
          const latin = (text: string) => Buffer.from(text).toString('latin1')
          const expected = answers.flatMap((rows, at) => [
            latin(rows.map((row) => `${row}\n`).join('')),
            at % 2 === 1 ? '22012' : 'done',
          ])
          expect(read).toEqual([...expected, ''])
          expect(counted).toEqual([...answers.map((rows) => rows.length), 0])
        },
      ),
    )
  })
})

describe('a session that copies', () => {
  test('gives the memory of a piece back when the next one is asked for', async () => {
    await using database = await TestDatabase.create('')
    const session = await CopySession.open(database.target, EMPTY_SEARCH_PATH, NEVER)
    try {
      let before: CopiedRows | undefined
      let given = 0
      let bytes = 0
      for await (const piece of session.copyOut(
        sql`COPY (SELECT repeat('x', 1000) FROM generate_series(1, 50000)) TO STDOUT`,
      )) {
        if (before?.bytes.length === 0) given++
        before = piece
        bytes += piece.bytes.length
        expect(piece.bytes.every((byte) => byte === 120 || byte === 10)).toBeTrue()
      }
      expect(bytes).toBe(50_000 * 1001)
      expect(given).toBeGreaterThan(0)
    } finally {
      await session.close()
    }
  })

  test('gives several answers in their order, empty and large ones among them, and can be asked other things between', async () => {
    await using database = await TestDatabase.create('CREATE TABLE public.empty (i int)')
    const session = await CopySession.open(database.target, EMPTY_SEARCH_PATH, NEVER)
    try {
      const large = sql`COPY (SELECT i, repeat('ö', 900) FROM generate_series(1, 20000) AS i) TO STDOUT`
      session.ask([copyOf('one'), sql`COPY public.empty TO STDOUT`, large, copyOf("'; SELECT 1 --\\.")])
      expect(await textOf(session.rows())).toBe('one\n')
      expect(await textOf(session.rows())).toBe('')
      const rows = Array.from({ length: 20000 }, (_, at) => `${at + 1}\t${'ö'.repeat(900)}\n`)
      expect((await textOf(session.rows())) === rows.join('')).toBe(true)
      expect(await textOf(session.rows())).toBe("'; SELECT 1 --\\\\.\n")
      await session.run(sql`SELECT pg_catalog.set_config('pgveil.between', 'said', false)`)
      const between = sql`COPY (SELECT current_setting('pgveil.between')) TO STDOUT`
      expect(await textOf(session.copyOut(between))).toBe('said\n')
    } finally {
      await session.close()
    }
  })

  test('says with which SQLSTATE one of several failed, behind its rows, and never with which value', async () => {
    await using database = await TestDatabase.create()
    const session = await CopySession.open(database.target, sql`BEGIN`, NEVER)
    try {
      const failing = sql`COPY (SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i) TO STDOUT`
      session.ask([copyOf('one'), failing, copyOf('three')])
      expect(await textOf(session.rows())).toBe('one\n')
      const error = await textOf(session.rows()).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(CopyError)
      expect((error as CopyError).sqlState).toBe('22012')
      const after = await textOf(session.rows()).catch((thrown: unknown) => thrown)
      expect((after as CopyError).sqlState).toBe('25P02')
    } finally {
      await session.close()
    }
  })

  test.each(['busy', 'waiting for us to read'])(
    'ends with its signal, and so does what the server does for it while it is %s',
    async (state) => {
      await using database = await TestDatabase.create()
      const stop = new AbortController()
      const session = await CopySession.open(database.target, EMPTY_SEARCH_PATH, stop.signal)
      const others = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
      const rows =
        state === 'busy'
          ? session.copyOut(sql`COPY (SELECT pg_sleep(600)) TO STDOUT`)
          : session.copyOut(sql`COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000000)) TO STDOUT`)
      const first = rows.next()
      if (state !== 'busy') await first
      stop.abort()
      if (state === 'busy') expect(await first.catch((thrown: unknown) => thrown)).toBeInstanceOf(Error)
      await session.close()
      for (const giveUp = performance.now() + 10_000; (await database.value<number>(others)) > 0; ) {
        expect(performance.now()).toBeLessThan(giveUp)
        await Bun.sleep(20)
      }
    },
  )

  test('says so where the server ends the connection', async () => {
    await using database = await TestDatabase.create()
    const session = await CopySession.open(database.target, EMPTY_SEARCH_PATH, NEVER)
    const rows = session.copyOut(
      sql`COPY (SELECT pg_backend_pid() FROM generate_series(1, 3), pg_sleep(0.01)) TO STDOUT`,
    )
    const pid = Number((await textOf(rows)).split('\n')[0])
    const waiting = session.copyOut(sql`COPY (SELECT pg_sleep(600)) TO STDOUT`).next()
    await database.run(`SELECT pg_terminate_backend(${pid})`)
    const error = await waiting.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Fault)
    expect((error as Fault).code).toBe('connection-lost')
    await session.close()
  })
})
