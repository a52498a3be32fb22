import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { Fault } from '../lib/fault.ts'
import { Secret } from '../lib/secret.ts'
import { LOCK_WAIT_MILLISECONDS, type PlanningRequest } from '../operations/planning.ts'
import { type ConnectionFlags, targetFrom } from './connection.ts'
import { readDictionaries, wholeNumber } from './work-flags.ts'

/** Options of every command that plans what a dictionary does to a database. */
export interface PlanningFlags extends ConnectionFlags {
  readonly preparedSensDictFile?: string[]
  readonly preparedNoSensDictFile?: string[]
  readonly partialTablesDictFile?: string[]
  readonly partialTablesExcludeDictFile?: string[]
  readonly allowUnmatched?: boolean
  readonly unknownColumns: 'copy' | 'fail' | 'null'
  readonly followKeys?: boolean
  readonly saltFile?: string
  readonly lockWaitTimeout: number
}

/** Adds them; `dictionary` says whether the command means anything without a sensitive dictionary. */
export function withPlanning(command: Command, dictionary: 'required' | 'optional' = 'required'): Command {
  const sensitive = new Option(
    '--prepared-sens-dict-file <files...>',
    'sensitive dictionaries; the later one wins',
  )
  return command
    .optionsGroup('What to mask:')
    .addOption(dictionary === 'required' ? sensitive.makeOptionMandatory() : sensitive)
    .option('--partial-tables-dict-file <files...>', 'tables dictionaries: only these tables')
    .option('--partial-tables-exclude-dict-file <files...>', 'tables dictionaries: leave these tables out')
    .option(
      '--prepared-no-sens-dict-file <files...>',
      'non-sensitive dictionaries: columns known to be harmless',
    )
    .addOption(
      new Option('--unknown-columns <policy>', 'columns that no dictionary knows')
        .choices(['copy', 'fail', 'null'])
        .default('copy'),
    )
    .option('--follow-keys', 'carry the rule of a referenced column to all columns that reference it')
    .option(
      '--salt-file <file>',
      'file with the salt of pseudonyms (default: PGVEIL_SALT in the environment)',
    )
    .option('--allow-unmatched', 'only warn where a rule finds no table or column')
    .option(
      '--lock-wait-timeout <seconds>',
      'how long to wait for a table that somebody is about to change',
      wholeNumber,
      LOCK_WAIT_MILLISECONDS / 1000,
    )
}

export async function planningFrom(flags: PlanningFlags): Promise<PlanningRequest> {
  return {
    source: targetFrom(flags),
    dictionaries: await readDictionaries(flags.preparedSensDictFile),
    onlyTables: await readDictionaries(flags.partialTablesDictFile),
    withoutTables: await readDictionaries(flags.partialTablesExcludeDictFile),
    knownColumns: await readDictionaries(flags.preparedNoSensDictFile),
    unknownColumns: flags.unknownColumns,
    followKeys: flags.followKeys ?? false,
    salt: await saltFrom(flags),
    allowUnmatched: flags.allowUnmatched ?? false,
    lockWait: flags.lockWaitTimeout * 1000,
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Fault('usage', 'The file of the salt is not UTF-8.', {
      place: { file },
      remedy: 'Write random bytes as text: openssl rand -hex 32.',
    })
  }
}

/** The salt without the line break that editors put behind it. */
async function saltFrom(flags: { readonly saltFile?: string }): Promise<Secret | undefined> {
  const file = flags.saltFile
  if (file === undefined) {
    const inherited = process.env.PGVEIL_SALT
    return inherited ? new Secret(inherited) : undefined
  }
  const bytes = await readFile(file).catch(() => {
    throw new Fault('usage', 'The file of the salt cannot be read.', { place: { file } })
  })
  const salt = decode(bytes, file).replace(/\r?\n$/, '')
  if (salt === '') throw new Fault('usage', 'The file of the salt is empty.', { place: { file } })
  return new Secret(salt)
}
