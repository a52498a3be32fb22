import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { DictionarySource } from '../dictionary/source.ts'
import { Fault } from '../lib/fault.ts'

/** Statuses as the documented API numbers them. */
export const STATUS_IDS = { success: 2, error: 3, in_progress: 4, starting: 5 } as const

export interface RunStatus {
  readonly status: keyof typeof STATUS_IDS
  readonly started: Date | null
  readonly ended: Date | null
}

/** Options that never go to disk. */
const SECRET_OPTION = /password|dsn/i

/** Lists the dictionaries that are kept, by the names that the documented API gives their kinds. */
const DICTIONARIES_FILE = 'saved_dicts_info.json'

/** How much is read at a time of a log's end. */
const TAIL_BYTES = 64 * 1024

/** A dictionary with what an integration keeps beside it. */
export interface KeptDictionary extends DictionarySource {
  readonly additionalInfo?: unknown
}

interface DictionaryEntry {
  readonly name: string
  /** Relative to the folder of the run. */
  readonly file: string
  readonly additional_info?: unknown
}

/** The record of one run: `<home>/runs/<yyyy>/<mm>/<dd>/<id>/`, by the day it was asked for in UTC. */
export class RunFolder {
  readonly path: string
  /** Relative to the folder of all runs. */
  readonly name: string

  private constructor(home: string, name: string) {
    this.name = name
    this.path = resolve(home, 'runs', name)
  }

  static async create(home: string, id: string, started: Date): Promise<RunFolder> {
    if (!/^[\w.-]{1,128}$/.test(id) || id.startsWith('.')) {
      throw new Fault('usage', 'The id of a run is made of letters, digits, dots, dashes and underscores.')
    }
    const day = started.toISOString().slice(0, 10).split('-')
    const folder = new RunFolder(home, join(...day, id))
    await mkdir(join(folder.path, 'logs'), { recursive: true, mode: 0o700 })
    return folder
  }

  /** The folder of a run that was made before. */
  static at(home: string, name: string): RunFolder {
    return new RunFolder(home, name)
  }

  get logFile(): string {
    return join(this.path, 'logs', 'pgveil.log')
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
      started: started?.toISOString() ?? null,
      ended: ended?.toISOString() ?? null,
    })
  }

  /** Keeps the dictionaries that went in under `input/<kind>/`, in their order. */
  async saveInput(
    dictionaries: Readonly<Record<string, readonly KeptDictionary[]>>,
  ): Promise<Record<string, DictionaryEntry[]>> {
    const entries: Record<string, DictionaryEntry[]> = {}
    for (const [kind, sources] of Object.entries(dictionaries)) {
      for (const [index, source] of sources.entries()) {
        const file = join('input', kind, `${index + 1}_${shortened(basename(source.name))}`)
        entries[kind] = [...(entries[kind] ?? []), await this.#saveDictionary(file, source)]
      }
    }
    return entries
  }

  /** Keeps them and lists them, so that `readDictionaries` finds them again. */
  async saveListedInput(dictionaries: Readonly<Record<string, readonly KeptDictionary[]>>): Promise<void> {
    await this.#save(DICTIONARIES_FILE, await this.saveInput(dictionaries))
  }

  /** Keeps the dictionaries that came out under `output/`, one of each kind. */
  async saveOutput(dictionaries: Readonly<Record<string, KeptDictionary>>): Promise<void> {
    const entries: Record<string, unknown> = { ...(await this.#dictionaryEntries()) }
    for (const [kind, source] of Object.entries(dictionaries)) {
      entries[kind] = await this.#saveDictionary(join('output', `${kind}.json`), source)
    }
    await this.#save(DICTIONARIES_FILE, entries)
  }

  /** The kept dictionaries by kind: a list of those that went in, one of those that came out. */
  async readDictionaries(): Promise<Record<string, KeptDictionary | KeptDictionary[]>> {
    const entries = Object.entries(await this.#dictionaryEntries())
    const read = async ({ name, file, additional_info }: DictionaryEntry): Promise<KeptDictionary> => ({
      name,
      text: await readFile(join(this.path, file), 'utf8'),
      ...(additional_info !== undefined && { additionalInfo: additional_info }),
    })
    const texts = entries.map(
      async ([kind, found]): Promise<[string, KeptDictionary | KeptDictionary[]]> => [
        kind,
        Array.isArray(found) ? await Promise.all(found.map(read)) : await read(found),
      ],
    )
    return Object.fromEntries(await Promise.all(texts))
  }

  /** The last lines of the log, oldest first, without reading the rest of it. */
  async lastLogLines(count: number): Promise<string[]> {
    const file = await open(this.logFile, 'r').catch(() => undefined)
    if (!file) return []
    try {
      let at = (await file.stat()).size
      let tail = Buffer.alloc(0)
      let breaks = 0
      while (at > 0 && breaks <= count) {
        const piece = Buffer.alloc(Math.min(TAIL_BYTES, at))
        at -= piece.length
        await file.read(piece, 0, piece.length, at)
        tail = Buffer.concat([piece, tail])
        breaks += piece.filter((byte) => byte === 0x0a).length
      }
      const lines = tail.toString('utf8').replace(/\n$/, '').split('\n')
      return tail.length === 0 ? [] : lines.slice(-count)
    } finally {
      await file.close()
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }

  async #saveDictionary(file: string, source: KeptDictionary): Promise<DictionaryEntry> {
    const path = join(this.path, file)
    await mkdir(resolve(path, '..'), { recursive: true, mode: 0o700 })
    await writeFile(path, source.text, { mode: 0o600 })
    await chmod(path, 0o600)
    const additional = source.additionalInfo === undefined ? {} : { additional_info: source.additionalInfo }
    return { name: source.name, file, ...additional }
  }

  async #dictionaryEntries(): Promise<Record<string, DictionaryEntry | DictionaryEntry[]>> {
    const text = await readFile(join(this.path, DICTIONARIES_FILE), 'utf8').catch(() => '{}')
    return JSON.parse(text)
  }

  async #save(name: string, value: unknown): Promise<void> {
    await writeFile(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  }
}

/** File systems count a name's bytes, of which a character has up to four; 255 of them leave room for a number. */
const LONGEST_NAME = 200

/** Cut between characters. */
function shortened(name: string): string {
  return new TextDecoder().decode(Buffer.from(name).subarray(0, LONGEST_NAME), { stream: true })
}
