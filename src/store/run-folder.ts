import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { DictionarySource } from '../dictionary/source.ts'
import { Fault } from '../lib/fault.ts'

/** Statuses as the documented API numbers them. */
const STATUS_IDS = { success: 2, error: 3, in_progress: 4 } as const

export interface RunStatus {
  readonly status: keyof typeof STATUS_IDS
  readonly started: Date
  readonly ended: Date
}

/** Options that never go to disk. */
const SECRET_OPTION = /password|dsn/i

/** The record of one run: `<home>/runs/<yyyy>/<mm>/<dd>/<id>/`, by the day it started in UTC. */
export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(home: string, id: string, started: Date): Promise<RunFolder> {
    if (!/^[\w.-]{1,128}$/.test(id) || id.startsWith('.')) {
      throw new Fault('usage', 'The id of a run is made of letters, digits, dots, dashes and underscores.')
    }
    const day = started.toISOString().slice(0, 10).split('-')
    const folder = new RunFolder(resolve(home, 'runs', ...day, id))
    await mkdir(join(folder.path, 'logs'), { recursive: true, mode: 0o700 })
    return folder
  }

  /** Keeps the options without those that hold secrets. */
  async saveOptions(options: object): Promise<void> {
    const safe = Object.fromEntries(Object.entries(options).filter(([name]) => !SECRET_OPTION.test(name)))
    await this.#save('run_options.json', safe)
  }

  async saveStatus({ status, started, ended }: RunStatus): Promise<void> {
    await this.#save('run_status.json', {
      status_id: STATUS_IDS[status],
      status,
      started: started.toISOString(),
      ended: ended.toISOString(),
    })
  }

  /** Keeps dictionaries under `input/<kind>/`, in their order. */
  async saveInput(dictionaries: Readonly<Record<string, readonly DictionarySource[]>>): Promise<void> {
    for (const [kind, sources] of Object.entries(dictionaries)) {
      if (sources.length === 0) continue
      const folder = join(this.path, 'input', kind)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      for (const [index, source] of sources.entries()) {
        await writeFile(join(folder, `${index + 1}_${basename(source.name)}`), source.text, { mode: 0o600 })
      }
    }
  }

  async #save(name: string, value: unknown): Promise<void> {
    await writeFile(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  }
}
