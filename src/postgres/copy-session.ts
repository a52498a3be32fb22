import type { Subprocess } from 'bun'
import { Fault } from '../lib/fault.ts'
import type { Sql } from '../lib/sql.ts'
import { endChild, endOnAbort, readLines } from './child.ts'
import { clientEnvironment, describeTarget, type Target } from './connection/target.ts'
import type { Program } from './programs.ts'

/** A COPY that the server ended with an error; says what, never with which value. */
export class CopyError extends Error {
  constructor(readonly sqlState: string) {
    super(`COPY failed with SQLSTATE ${sqlState}`)
  }
}

/** `\.` on a line of its own: no row of COPY's text format can look like it, since a backslash in data is doubled. */
const END_OF_DATA = new TextEncoder().encode('\n\\.\n')

/** Of those the line feed before the mark belongs to the last row. */
const MARK_BYTES = END_OF_DATA.length - 1

/**
 * A connection that runs COPY … TO STDOUT, one after the other, and gives their bytes as they come.
 *
 * It is a psql child. postgres.js resolves a COPY's stream before the server is done and then drops an error that
 * comes later: a rule that fails in row two million would leave the reader waiting for ever. psql also takes half the
 * CPU of a client that touches each row (1.0 s against 2.0 s a core for 4.5 million rows).
 */
export class CopySession {
  readonly #child: Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #output: AsyncIterator<Uint8Array>
  readonly #complaints: Promise<string>
  readonly #target: Target
  readonly #stopListening: () => void

  private constructor(psql: Program, target: Target, signal: AbortSignal) {
    this.#target = target
    this.#child = Bun.spawn(
      [psql.path, '--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--no-password'],
      {
        env: clientEnvironment(target, process.env),
        stdin: 'pipe',
        stdout: 'pipe',
        stderr: 'pipe',
      },
    )
    this.#output = this.#child.stdout[Symbol.asyncIterator]()
    this.#complaints = readLines(this.#child.stderr)
    this.#stopListening = endOnAbort(signal, () => this.#end())
  }

  /** Connects and runs the statements that settle the session. Throws `connection-failed`, CopyError. */
  static async open(psql: Program, target: Target, settings: Sql, signal: AbortSignal): Promise<CopySession> {
    const session = new CopySession(psql, target, signal)
    try {
      session.#send('\\set ON_ERROR_STOP on\n\\set VERBOSITY sqlstate\n\\set SHOW_CONTEXT never\n')
      await session.run(settings)
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** Runs statements that give no rows. */
  async run(statements: Sql): Promise<void> {
    for await (const _ of this.#answerTo(`${statements.text};\n`)) {
      // Nothing comes.
    }
  }

  /**
   * Runs one COPY … TO STDOUT and gives the bytes of its rows, each of which ends in a line feed.
   * The statement goes inside a dollar-quoted constant that \gexec sends on as it stands: psql neither looks for
   * variables in it nor for commands. Throws CopyError where the server ends it.
   */
  async *copyOut(copy: Sql): AsyncGenerator<Uint8Array> {
    const tag = unusedTag(copy.text)
    yield* this.#answerTo(`SELECT ${tag}${copy.text}${tag} \\gexec\n`)
  }

  /** Sends a command with the mark behind it, in one write, and gives what comes before the mark. */
  async *#answerTo(command: string): AsyncGenerator<Uint8Array> {
    this.#send(`${command}\\echo '\\\\.'\n`)
    const tail = new Uint8Array(END_OF_DATA.length).fill(END_OF_DATA[0] ?? 0)
    // The last bytes that came: they may be the end mark, which is none of the rows'.
    let held = new Uint8Array()
    for (;;) {
      const { value, done } = await this.#output.next()
      if (done) throw await this.#fault()
      keepTail(tail, value)
      const ended = tail.every((byte, index) => byte === END_OF_DATA[index])
      if (held.length + value.length > MARK_BYTES) {
        const fromHeld = Math.min(held.length, held.length + value.length - MARK_BYTES)
        if (fromHeld > 0) yield held.slice(0, fromHeld)
        const fromValue = held.length + value.length - MARK_BYTES - fromHeld
        if (fromValue > 0) yield value.subarray(0, fromValue)
        held = Uint8Array.from([...held.subarray(fromHeld), ...value.subarray(fromValue)])
      } else {
        held = Uint8Array.from([...held, ...value])
      }
      if (ended) return
    }
  }

  /** Ends the session and cancels a COPY that still runs. */
  async close(): Promise<void> {
    this.#stopListening()
    await this.#end()
    await this.#complaints
  }

  /**
   * An idle psql ends when its input does; a busy one cancels its query on SIGINT and ends because that failed. One that
   * writes into a full pipe hears nothing: without somebody who reads it took the whole grace of 5 s.
   */
  async #end(): Promise<void> {
    try {
      await this.#child.stdin.end()
    } catch (error) {
      unlessEnded(error)
    }
    const drained = this.#drain()
    await endChild(this.#child, 'SIGINT')
    await drained
  }

  async #drain(): Promise<void> {
    while (!(await this.#output.next()).done) {
      // What still comes belongs to nobody.
    }
  }

  /** A psql that an error has ended takes nothing more; what it said comes where its output is read to the end. */
  #send(text: string): void {
    try {
      this.#child.stdin.write(text)
      Promise.resolve(this.#child.stdin.flush()).catch(unlessEnded)
    } catch (error) {
      unlessEnded(error)
    }
  }

  async #fault(): Promise<Error> {
    const complaints = await this.#complaints
    await this.#child.exited
    const state = /^(?:ERROR|FATAL|PANIC):\s+([0-9A-Z]{5})$/m.exec(complaints)?.[1]
    if (state && !/^(57P0|08)/.test(state)) return new CopyError(state)
    const reason = /^psql: error: (.*)$/m.exec(complaints)?.[1]
    if (reason)
      return new Fault('connection-failed', `Cannot connect to ${describeTarget(this.#target)}: ${reason}`)
    return new Fault('connection-lost', `The connection to ${describeTarget(this.#target)} was lost.`, {
      remedy: "The server's log says why it ended the connection.",
    })
  }
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
}

function keepTail(tail: Uint8Array, chunk: Uint8Array): void {
  if (chunk.length >= tail.length) {
    tail.set(chunk.subarray(chunk.length - tail.length))
  } else {
    tail.copyWithin(0, chunk.length)
    tail.set(chunk, tail.length - chunk.length)
  }
}

function unusedTag(text: string): string {
  let tag = '$pgveil$'
  for (let number = 1; text.includes(tag); number++) tag = `$pgveil${number}$`
  return tag
}
