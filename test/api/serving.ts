import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../../src/postgres/connection/target.ts'
import { TestFolder } from '../server/folder.ts'
import { clientProgram } from '../server/programs.ts'

const MAIN = join(import.meta.dir, '../../src/main.ts')

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any
}

interface ServingOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly program?: readonly string[]
  readonly home?: string
}

/** A server of one test, in a process of its own. Declare it by `await using`: it is ended, and its home removed. */
export class Serving implements AsyncDisposable {
  readonly home: string
  readonly #folder: TestFolder
  readonly #options: ServingOptions
  #child: ReturnType<typeof spawn> | undefined
  #url = ''
  /** All that the server has said, over all its starts. */
  output = ''

  private constructor(folder: TestFolder, options: ServingOptions) {
    this.#folder = folder
    this.#options = options
    this.home = options.home ?? folder.file('home')
  }

  static async start(options: ServingOptions = {}): Promise<Serving> {
    const serving = new Serving(await TestFolder.create(), options)
    await serving.start()
    return serving
  }

  /** Starts it, again after it was ended. */
  async start(): Promise<void> {
    this.#child = spawn(this.home, {
      ...this.#options,
      env: { ...(await programsOfTheServer()), ...this.#options.env },
    })
    const ready = Promise.withResolvers<string>()
    this.#follow(this.#child.stdout, (text) => {
      const line = /^\{"url":.*\}$/m.exec(text)
      if (line) ready.resolve(JSON.parse(line[0]).url)
    }).then(() => ready.reject(new Error(`the server ended: ${this.output}`)))
    this.#follow(this.#child.stderr, () => {})
    this.#url = await ready.promise
  }

  async #follow(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of stream) {
      const piece = decoder.decode(chunk, { stream: true })
      text += piece
      this.output += piece
      onText(text)
    }
  }

  get url(): string {
    return this.#url
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Ends it and gives its exit code; null where the signal was its end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#child?.kill(signal)
    await this.#child?.exited
    return this.#child?.exitCode ?? null
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child?.kill(signal)
  }

  get exited(): Promise<number> {
    return this.#child?.exited ?? Promise.resolve(0)
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('GET', path, undefined, headers)
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('POST', path, JSON.stringify(body), headers)
  }

  async delete(path: string): Promise<Answer> {
    return this.request('DELETE', path)
  }

  async request(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** Starts a run; it must be taken. Gives the run's id. */
  async startRun(path: string, body: unknown): Promise<string> {
    const answer = await this.post(path, body)
    if (answer.status !== 201)
      throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`)
    return (answer.headers.get('location') ?? '').replace('/operation/', '')
  }

  /** The server's files with their contents. */
  files(): { path: string; bytes: Buffer }[] {
    return (readdirSync(this.home, { recursive: true }) as string[])
      .map((name) => join(this.home, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => ({ path, bytes: readFileSync(path) }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    await this.#folder[Symbol.asyncDispose]()
  }
}

function spawn(home: string, { flags = [], env = {}, program }: ServingOptions) {
  const command = [...(program ?? [process.execPath, MAIN]), 'serve', '--port=0', '--json', ...flags]
  return Bun.spawn(command, {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', PGVEIL_HOME: home, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

/** pg_dump and pg_restore that fit the server under test come first on the path. */
async function programsOfTheServer(): Promise<Record<string, string>> {
  const program = await clientProgram('pg_dump')
  return { PATH: `${join(program.path, '..')}:${process.env.PATH}` }
}

/** A target as requests name it. The number is a text, as in the documented examples. */
export function connectionOf(target: Target, overrides: Record<string, unknown> = {}) {
  return {
    host: target.host,
    port: String(target.port),
    db_name: target.database,
    user_login: target.user,
    user_password: target.password?.reveal() ?? '',
    ...overrides,
  }
}

/** A dictionary as requests carry it. */
export function contentOf(value: unknown, name = 'masks.json') {
  return { name, content: JSON.stringify(value) }
}

/** Waits until something is so; the state is asked for, time only ends a test that would hang. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`after thirty seconds it is still not so: ${what}`)
    await Bun.sleep(10)
  }
}

/** Processes of this machine whose environment or command line holds a text. Linux only. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text) ||
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
        )
      } catch {
        return false
      }
    })
    .map(Number)
}

export function executable(path: string): void {
  chmodSync(path, 0o755)
}
