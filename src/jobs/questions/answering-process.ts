import { Fault, type Finding } from '../../lib/fault.ts'
import { endChild, readByteLines } from '../../postgres/child.ts'
import { keptEnvironment } from '../worker/kept-environment.ts'
import { ownProgram } from '../worker/own-program.ts'
import { MOST_ROWS, type PlainQuestion } from './question.ts'

/** The hidden command that such a process is. */
export const ANSWER_COMMAND = 'answer'

/**
 * What it says of one question, in one line. Where it is an answer, a line follows for each name of `unread`: a part of the
 * answer that is passed on as it is.
 */
export type Reply =
  | { readonly answer: object; readonly unread: readonly string[] }
  | { readonly findings: readonly Finding[] }

/** Bytes: no part of an answer has more. */
const LONGEST_LINE = MOST_ROWS + 1024

/** A process of pgveil that answers one question after the other. It ends when its standard input closes. */
export class AnsweringProcess {
  readonly #child = Bun.spawn([...ownProgram(), ANSWER_COMMAND, '--json'], {
    env: keptEnvironment(),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
    detached: true,
  })
  #reply: PromiseWithResolvers<object> | undefined
  /** The answer that comes in, and the names of the parts that it lacks. */
  #coming: { answer: object; readonly missing: string[] } | undefined
  /** It has died, or was ended. */
  gone = false

  constructor() {
    readByteLines(this.#child.stdout, (line) => this.#hear(line), LONGEST_LINE)
      // What is no reply comes from no process that could be asked again.
      .catch(() => this.end())
      .finally(() => {
        this.gone = true
        this.#reply?.reject(lost())
      })
  }

  /** Throws the fault that the process tells of; `worker-lost` where it dies over the question. */
  async ask(question: PlainQuestion): Promise<unknown> {
    this.#reply = Promise.withResolvers()
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    this.#child.stdin.flush()
    return this.#reply.promise
  }

  async end(): Promise<void> {
    this.gone = true
    await endChild(this.#child)
  }

  #hear(line: Uint8Array): void {
    if (this.#coming) {
      const name = this.#coming.missing.shift() ?? ''
      this.#coming.answer = { ...this.#coming.answer, [name]: line }
    } else {
      const reply = JSON.parse(new TextDecoder().decode(line)) as Reply
      if ('findings' in reply) {
        this.#reply?.reject(Fault.of(reply.findings))
        return
      }
      this.#coming = { answer: reply.answer, missing: [...reply.unread] }
    }
    if (this.#coming.missing.length > 0) return
    this.#reply?.resolve(this.#coming.answer)
    this.#coming = undefined
  }
}

function lost(): Fault {
  return new Fault('worker-lost', 'The process that was asked ended unexpectedly.')
}
