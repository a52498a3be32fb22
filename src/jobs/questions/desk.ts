import pLimit from 'p-limit'
import { Fault } from '../../lib/fault.ts'
import { AnsweringProcess } from './answering-process.ts'
import { plainQuestion, type QuestionKind, type Questions } from './question.ts'

/** Questions at once, each in a process of its own: dictionaries and masks of strangers may keep a core busy for ever. */
const AT_ONCE = 4

/** Questions that may wait for that; a hundred small ones take three seconds. More is a client in a loop. */
const MOST_WAITING = 200

/** A process that nobody has asked for so long ends. */
const IDLE_MILLISECONDS = 60_000

/** Asks questions whose answers take planning, outside the server: it answers others meanwhile, whatever is asked. */
export class Desk {
  readonly #inTurn = pLimit(AT_ONCE)
  readonly #idle: { readonly process: AnsweringProcess; readonly timer: Timer }[] = []
  readonly #busy = new Set<AnsweringProcess>()
  readonly #longest: number

  /** `longest`: milliseconds that an answer may take, the wait for its turn among them. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /**
   * Throws the faults of the operation, `answer-timeout`, `queue-full` where too many are asked already, and `worker-lost`
   * where its process died.
   */
  async ask<Kind extends QuestionKind>(
    kind: Kind,
    request: Questions[Kind]['request'],
    signal: AbortSignal,
  ): Promise<Questions[Kind]['answer']> {
    if (this.#inTurn.pendingCount >= MOST_WAITING) throw busy()
    const tooLong = AbortSignal.timeout(this.#longest)
    const turn = Promise.withResolvers<never>()
    const giveUp = () => turn.reject(busy())
    tooLong.addEventListener('abort', giveUp, { once: true })
    const answered = this.#inTurn(async () => {
      signal.throwIfAborted()
      if (tooLong.aborted) throw busy()
      tooLong.removeEventListener('abort', giveUp)
      const process = this.#take()
      const ended = AbortSignal.any([signal, tooLong])
      const end = () => void process.end()
      ended.addEventListener('abort', end, { once: true })
      try {
        return (await process.ask(plainQuestion(kind, request))) as Questions[Kind]['answer']
      } catch (error) {
        throw tooLong.aborted ? new Fault('answer-timeout', 'The answer took too long.') : error
      } finally {
        ended.removeEventListener('abort', end)
        this.#giveBack(process)
      }
    })
    return Promise.race([answered, turn.promise])
  }

  async close(): Promise<void> {
    for (const { timer } of this.#idle) clearTimeout(timer)
    await Promise.all(
      [...this.#busy, ...this.#idle.map(({ process }) => process)].map((process) => process.end()),
    )
  }

  #take(): AnsweringProcess {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer)
      if (idle.process.gone) continue
      this.#busy.add(idle.process)
      return idle.process
    }
    const process = new AnsweringProcess()
    this.#busy.add(process)
    return process
  }

  #giveBack(process: AnsweringProcess): void {
    this.#busy.delete(process)
    if (process.gone) return
    const timer = setTimeout(() => process.end(), IDLE_MILLISECONDS)
    this.#idle.push({ process, timer })
  }
}

function busy(): Fault {
  return new Fault('queue-full', 'Too many questions are asked at once.', { remedy: 'Ask again later.' })
}
