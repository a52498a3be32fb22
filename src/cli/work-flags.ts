import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { DictionarySource } from '../dictionary/source.ts'
import { Fault } from '../lib/fault.ts'
import { lanesOf } from '../operations/lanes.ts'
import type { ProgramChoice } from '../operations/program-choice.ts'

/** Options that most commands share: how much to do at once, and how much to say. */
export interface WorkFlags {
  readonly config?: string
  readonly processes?: number
  readonly dbConnectionsPerProcess?: number
}

export function withSpeech(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option(
      '--json',
      'the result as one JSON document on standard output, the rest as JSON lines on standard error',
    )
    .option('--verbose <level>', 'how much to say: info, debug or error', 'info')
    .option('--debug', 'the same as --verbose debug')
}

export function withWork(command: Command): Command {
  return command
    .optionsGroup('Work:')
    .option(
      '--processes <number>',
      'with --db-connections-per-process: connections = one times the other',
      wholeNumber,
    )
    .option(
      '--db-connections-per-process <number>',
      'connections that work at once (default: one a core, 2 to 8)',
      wholeNumber,
    )
    .option('--config <file>', "YAML file that names PostgreSQL's programs by version")
}

/** Connections to work with at once, where the user said so. */
export function jobsFrom(flags: WorkFlags): number | undefined {
  return lanesOf(flags.processes, flags.dbConnectionsPerProcess)
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

export async function readDictionaries(files: readonly string[] | undefined): Promise<DictionarySource[]> {
  return Promise.all(
    (files ?? []).map(async (file) => {
      const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
        throw unreadable(
          file,
          error.code === 'ENOENT' ? 'There is no such file.' : `It cannot be read: ${error.code}.`,
        )
      })
      try {
        return { name: file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
      } catch {
        throw unreadable(file, 'It is not UTF-8.')
      }
    }),
  )
}

function unreadable(file: string, message: string): Fault {
  return new Fault('dictionary-unreadable', message, { place: { file } })
}

const configSchema = z.object({
  'pg-utils-versions': z.record(
    z.string(),
    z.object({ pg_dump: z.string().optional(), pg_restore: z.string().optional() }),
  ),
})

/** Where PostgreSQL's programs are: options go before the configuration file. */
export async function programsFrom(
  flags: WorkFlags & { pgDump?: string; pgRestore?: string },
): Promise<ProgramChoice> {
  return { pgDump: flags.pgDump, pgRestore: flags.pgRestore, byMajor: await readConfig(flags.config) }
}

async function readConfig(file: string | undefined): Promise<ProgramChoice['byMajor']> {
  if (file === undefined) return new Map()
  const invalid = (message: string) =>
    new Fault('config-invalid', message, {
      place: { file },
      remedy:
        'It maps versions to programs: pg-utils-versions: { 17: { pg_dump: /…/pg_dump, pg_restore: /…/pg_restore } }',
    })
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid('The configuration file cannot be read.')
  })
  let value: unknown
  try {
    value = Bun.YAML.parse(text)
  } catch {
    throw invalid('The configuration file is not YAML.')
  }
  const parsed = configSchema.safeParse(value)
  if (!parsed.success) throw invalid('The configuration file has another shape.')
  return new Map(
    Object.entries(parsed.data['pg-utils-versions']).map(([major, programs]) => [
      major,
      { pgDump: programs.pg_dump, pgRestore: programs.pg_restore },
    ]),
  )
}
