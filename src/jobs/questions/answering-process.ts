import { Fault, type Finding } from '../../lib/fault.ts'
import { endChild, readLines } from '../../postgres/child.ts'
import { keptEnvironment } from '../worker/kept-environment.ts'
import { ownProgram } from '../worker/own-program.ts'
import type { PlainQuestion } from './question.ts'

/** The hidden command that such a process is. */
export const ANSWER_COMMAND = 'answer'

/** What it says of one question, in one line. */
export type Reply = { readonly answer: unknown } | { readonly findings: readonly Finding[] }

/** Characters: ten thousand rows come in one line. */
const LONGEST_REPLY = 256 * 1024 * 1024

/** A process of pgveil that answers one question after the other. It ends when its standard input closes. */
export class AnsweringProcess {
  readonly #child = Bun.spawn([...ownProgram(), ANSWER_COMMAND, '--json'], {
    env: keptEnvironment(),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
    detached: true,
  })
  #reply: PromiseWithResolvers<Reply> | undefined
  /** It has died, or was ended. */
  gone = false

  constructor() {
    readLines(this.#child.stdout, (line) => this.#reply?.resolve(JSON.parse(line)), LONGEST_REPLY).finally(
      () => {
        this.gone = true
        this.#reply?.reject(lost())
      },
    )
  }

  /** Throws the fault that the process tells of; `worker-lost` where it dies over the question. */
  async ask(question: PlainQuestion): Promise<unknown> {
    this.#reply = Promise.withResolvers()
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    this.#child.stdin.flush()
    const reply = await this.#reply.promise
    if ('findings' in reply) throw Fault.of(reply.findings)
    return reply.answer
  }

  async end(): Promise<void> {
    this.gone = true
    await endChild(this.#child)
  }
}

function lost(): Fault {
  return new Fault('worker-lost', 'The process that was asked ended unexpectedly.')
}
