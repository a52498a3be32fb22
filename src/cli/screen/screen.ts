import { describePlace, type Fault, type Finding } from '../../lib/fault.ts'
import { createLog, type Log, type LogLevel } from '../../lib/log.ts'
import type { Progress } from '../../operations/context.ts'
import { ProgressLine } from './progress-line.ts'

/** How often progress is told where nobody can see a line change: once in ten seconds, and with every new stage. */
const PLAIN_PROGRESS_MILLISECONDS = 10_000

/**
 * What the command line says. Results go to standard output, everything else to standard error. With --json the result
 * is one JSON document and the rest is a JSON object a line; otherwise they are words, with a moving line of progress
 * on a terminal.
 */
export class Screen {
  readonly json: boolean
  readonly log: Log
  readonly #quiet: boolean
  readonly #line: ProgressLine
  readonly #terminal: boolean
  #told: { stage: string; at: number } | undefined
  #written: Promise<unknown> = Promise.resolve()

  private constructor(json: boolean, level: LogLevel) {
    this.json = json
    this.#quiet = level === 'error' || level === 'silent'
    this.#terminal = !json && process.stderr.isTTY === true
    this.#line = new ProgressLine(process.stderr)
    this.log = createLog(level, { write: (line) => this.#logLine(line) })
  }

  /** Options that decide how to speak must hold before the rest is parsed, since that may fail. */
  static for(argv: readonly string[]): Screen {
    return new Screen(argv.includes('--json'), levelOf(argv))
  }

  /** Something worth saying that is no result. */
  say(message: string): void {
    if (this.#quiet) return
    if (this.json) this.log.info(message)
    else this.#write(`${message}\n`)
  }

  warn(finding: Finding): void {
    if (this.json) this.log.warn({ finding }, finding.message)
    else this.#write(describeFinding(finding))
  }

  progress(progress: Progress): void {
    if (this.#quiet) return
    if (this.#terminal) this.#line.show(progress)
    else this.#plainProgress(progress)
  }

  /** The result: `value` for programs, `text` for people. */
  result(value: unknown, text: string): void {
    this.#line.clear()
    this.#emit(process.stdout, this.json ? `${JSON.stringify(value)}\n` : `${harmless(text)}\n`)
  }

  fault(fault: Fault): void {
    this.#line.clear()
    if (fault.code === 'internal')
      this.log.debug({ cause: String((fault.cause as Error)?.stack ?? fault.cause) }, 'cause')
    if (this.json) {
      const { code, message, findings } = fault
      this.#emit(process.stdout, `${JSON.stringify({ error: { code, message, findings } })}\n`)
      return
    }
    for (const finding of fault.findings) this.#write(describeFinding(finding))
    const errors = fault.findings.filter((finding) => finding.severity === 'error').length
    if (errors > 1) this.#write(`${errors} errors.\n`)
  }

  /** Waits until all has been said: a pipe takes 64 kB at once, and what waits is lost when the process ends. */
  async close(): Promise<void> {
    this.#line.clear()
    await this.#written
  }

  #plainProgress(progress: Progress): void {
    const now = performance.now()
    const told = this.#told
    if (told && told.stage === progress.stage && now - told.at < PLAIN_PROGRESS_MILLISECONDS) return
    this.#told = { stage: progress.stage, at: now }
    if (this.json) this.log.info({ progress }, 'progress')
    else this.#write(`${this.#line.describe(progress)}\n`)
  }

  #logLine(line: string): void {
    if (this.json) {
      this.#emit(process.stderr, line)
      return
    }
    const { level, msg, program, cause } = JSON.parse(line) as Record<string, string | undefined>
    this.#write(`${level}: ${program ? `${program}: ` : ''}${msg ?? ''}${cause ? `\n${cause}` : ''}\n`)
  }

  #write(text: string): void {
    this.#line.clear()
    this.#emit(process.stderr, harmless(text))
  }

  /** A reader that has gone away, as `head` does, is no fault of ours. */
  #emit(stream: NodeJS.WriteStream, text: string): void {
    const written = new Promise<void>((resolve) => stream.write(text, () => resolve()))
    this.#written = Promise.all([this.#written, written])
  }
}

/** Names of a database may hold signs that rule a terminal; line feeds and tabs are ours. */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (sign) =>
    sign === '\n' || sign === '\t' ? sign : ' ',
  )
}

export function describeFinding(finding: Finding): string {
  const place = describePlace(finding.place)
  const head = `${finding.severity}: ${place === '' ? '' : `${place}: `}${finding.message}\n`
  return finding.remedy ? `${head}  → ${finding.remedy}\n` : head
}

function levelOf(argv: readonly string[]): LogLevel {
  if (argv.includes('--debug')) return 'debug'
  const at = argv.findIndex((word) => word === '--verbose' || word.startsWith('--verbose='))
  const value = at === -1 ? undefined : (argv[at]?.split('=')[1] ?? argv[at + 1])
  return value === 'debug' || value === 'error' ? value : 'info'
}
