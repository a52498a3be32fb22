import { until } from './serving.ts'

export interface Hook {
  readonly path: string
  readonly headers: Record<string, string>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape
  readonly body: any
}

type Behaviour = (hook: Hook) => Response | Promise<Response>

/** A receiver of webhooks. Declare it by `await using`. It keeps all that comes, whatever it answers. */
export class Receiver implements AsyncDisposable {
  readonly hooks: Hook[] = []
  answer: Behaviour = () => new Response(null, { status: 204 })
  #server: Bun.Server<undefined> | undefined
  #port = 0

  constructor() {
    this.open()
  }

  /** Listens, on the port that it had before. */
  open(): void {
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: this.#port,
      fetch: async (request) => {
        const text = await request.text()
        const hook = {
          path: new URL(request.url).pathname,
          headers: Object.fromEntries(request.headers),
          text,
          body: JSON.parse(text),
        }
        this.hooks.push(hook)
        return this.answer(hook)
      },
    })
    this.#port = this.#server.port ?? 0
  }

  /** Refuses connections from now on. */
  async close(): Promise<void> {
    await this.#server?.stop(true)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`
  }

  /** Of one run, by the id that its request gave it. */
  of(operationId: string): Hook[] {
    return this.hooks.filter(({ body }) => body.operation_id === operationId)
  }

  statuses(operationId: string): string[] {
    return this.of(operationId).map(({ body }) => body.status)
  }

  /** The body that tells of the run's end, when it has come. */
  async end(operationId: string): Promise<Hook['body']> {
    const ended = () => this.of(operationId).find(({ body }) => body.status !== 'in_progress')
    await until(`the webhook of the end of ${operationId}`, () => ended() !== undefined)
    return ended()?.body
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
