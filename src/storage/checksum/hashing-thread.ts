import { orAborted } from '../../lib/or-aborted.ts'
import { type FileFigures, figuresOf } from './file-figures.ts'

interface Question {
  readonly path: string
  readonly aboutBytes: number
}

type Reply = { readonly figures: FileFigures } | { readonly error: string }

/** Of a thread of its own in a compiled binary no file is found, so it begins from its text. */
const PROGRAM = `
const figuresOf = ${figuresOf}
self.onmessage = ({ data: { path, aboutBytes } }) => {
  try {
    self.postMessage({ figures: figuresOf(path, aboutBytes) })
  } catch (error) {
    self.postMessage({ error: String(error) })
  }
}`

/** A thread that measures files, one after the other: a core hashes 1.4 GB a second. Declare it by `using`. */
export class HashingThread implements Disposable {
  readonly #program = URL.createObjectURL(new Blob([PROGRAM], { type: 'text/javascript' }))
  readonly #worker = new Worker(this.#program, { smol: true })
  #reply = Promise.withResolvers<Reply>()

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#reply.resolve(data)
    this.#worker.onerror = ({ message }) => this.#end(message)
    this.#worker.addEventListener('close', () => this.#end('it ended'))
  }

  /** Throws what reading it throws, and the reason of the signal. */
  async figuresOf(path: string, aboutBytes: number, signal: AbortSignal): Promise<FileFigures> {
    this.#reply = Promise.withResolvers()
    this.#worker.postMessage({ path, aboutBytes } satisfies Question)
    const reply = await orAborted(this.#reply.promise, signal)
    if ('error' in reply) throw new Error(`${path} cannot be read: ${reply.error}`)
    return reply.figures
  }

  [Symbol.dispose](): void {
    this.#worker.terminate()
    URL.revokeObjectURL(this.#program)
  }

  #end(how: string): void {
    this.#reply.resolve({ error: `the thread that reads it failed: ${how}` })
  }
}
