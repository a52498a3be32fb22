import type { Target } from '../../postgres/connection/target.ts'
import { Session } from '../../postgres/session.ts'

/**
 * The session with a target, which can be begun before anybody needs it: to connect takes 15 ms, in which an archive is
 * read. Declare it by `await using`.
 */
export class TargetSession implements AsyncDisposable {
  readonly #target: Target
  #opening: Promise<Session> | undefined
  #opened: Session | undefined

  constructor(target: Target) {
    this.#target = target
  }

  /** What comes of it is told to whoever opens it. */
  begin(): void {
    this.open().catch(() => {})
  }

  /** Throws `connection-failed`. */
  open(): Promise<Session> {
    this.#opening ??= Session.open(this.#target).then((session) => {
      this.#opened = session
      return session
    })
    return this.#opening
  }

  /** One that is still connecting is not waited for: whoever it was begun for has failed meanwhile. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#opened) await this.#opened.close()
    else
      this.#opening?.then(
        (session) => session.close(),
        () => {},
      )
  }
}
