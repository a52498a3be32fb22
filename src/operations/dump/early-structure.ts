import type { Toc } from '../../archive/toc/toc.ts'
import { endOnAbort } from '../../postgres/child.ts'
import { readServer } from '../../postgres/introspect.ts'
import type { Identify } from '../../postgres/programs.ts'
import { archiveEncoding, type Snapshot } from '../../postgres/snapshot.ts'
import type { Context } from '../context.ts'
import { identifyAhead, settleProgram } from '../program-choice.ts'
import type { PgDump } from './pg-dump.ts'
import type { ArchiveRequest } from './request.ts'
import { dumpStructure } from './structure.ts'

interface Taken {
  readonly structure: Toc
  readonly pgDump: PgDump
}

/**
 * The structure, which pg_dump takes while we read the catalog and plan: of 2,000 tables it is 0.3 s of one core, and so is
 * the other. It stays in memory until the plan is settled.
 */
export class EarlyStructure {
  readonly #request: ArchiveRequest
  readonly #identify: Identify
  readonly #unwanted = new AbortController()
  #taken: Promise<Taken> | undefined

  constructor(request: ArchiveRequest) {
    this.#request = request
    this.#identify = identifyAhead(request.programs, 'pg_dump')
  }

  /** Begins as soon as there is a snapshot. */
  readonly begin = async (context: Context, snapshot: Snapshot): Promise<void> => {
    const server = await readServer(snapshot.session)
    const signal = AbortSignal.any([context.signal, this.#unwanted.signal])
    const take = async (): Promise<Taken> => {
      const { programs, source } = this.#request
      const major = Math.floor(server.versionNumber / 10000)
      const program = await settleProgram(programs, 'pg_dump', major, this.#identify)
      const pgDump = { program, source, snapshot: snapshot.id, encoding: archiveEncoding(server) }
      return { pgDump, structure: await dumpStructure({ ...context, signal }, pgDump, this.#options()) }
    }
    this.#taken = take()
    // Whoever asks for it hears of a failure; a plan that is refused goes before.
    this.#taken.catch(() => {})
  }

  /** What it has taken. An abort of the signal ends it. Throws `structure-failed`, and what choosing a pg_dump throws. */
  async taken(signal: AbortSignal): Promise<Taken> {
    const stopListening = endOnAbort(signal, () => this.end())
    try {
      if (!this.#taken) throw new Error('the structure was asked for before there was a snapshot')
      return await this.#taken
    } finally {
      stopListening()
    }
  }

  /** Ends it where nobody wants it any more, and waits until it is gone. */
  async end(): Promise<void> {
    this.#unwanted.abort()
    await this.#taken?.catch(() => {})
  }

  #options(): string[] {
    const { lockWait, ignorePrivileges, pgDumpOptions } = this.#request
    return [
      `--lock-wait-timeout=${lockWait}`,
      ...(ignorePrivileges ? ['--no-privileges'] : []),
      ...pgDumpOptions,
    ]
  }
}
