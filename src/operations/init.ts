import schemaSql from '../../sql/anon_funcs/01_schema.sql' with { type: 'text' }
import digestSql from '../../sql/anon_funcs/02_digest.sql' with { type: 'text' }
import partialSql from '../../sql/anon_funcs/03_partial.sql' with { type: 'text' }
import randomSql from '../../sql/anon_funcs/04_random.sql' with { type: 'text' }
import noiseSql from '../../sql/anon_funcs/05_noise.sql' with { type: 'text' }
import convertSql from '../../sql/anon_funcs/06_convert.sql' with { type: 'text' }
import seedSql from '../../sql/anon_funcs/07_seed.sql' with { type: 'text' }
import permutationSql from '../../sql/anon_funcs/08_permutation.sql' with { type: 'text' }
import wordsSql from '../../sql/anon_funcs/09_words.sql' with { type: 'text' }
import fakePersonSql from '../../sql/anon_funcs/10_fake_person.sql' with { type: 'text' }
import fakePlaceSql from '../../sql/anon_funcs/11_fake_place.sql' with { type: 'text' }
import fakeNumberSql from '../../sql/anon_funcs/12_fake_number.sql' with { type: 'text' }
import fakeNetworkSql from '../../sql/anon_funcs/13_fake_network.sql' with { type: 'text' }
import generalizeSql from '../../sql/anon_funcs/14_generalize.sql' with { type: 'text' }
import jsonbSql from '../../sql/anon_funcs/15_jsonb.sql' with { type: 'text' }
import redactSql from '../../sql/anon_funcs/16_redact.sql' with { type: 'text' }
import foreignOwnersSql from '../../sql/anon_funcs/foreign_owners.sql' with { type: 'text' }
import deWords from '../../sql/anon_funcs/words/de.sql' with { type: 'text' }
import enWords from '../../sql/anon_funcs/words/en.sql' with { type: 'text' }
import esWords from '../../sql/anon_funcs/words/es.sql' with { type: 'text' }
import frWords from '../../sql/anon_funcs/words/fr.sql' with { type: 'text' }
import ruWords from '../../sql/anon_funcs/words/ru.sql' with { type: 'text' }
import zhWords from '../../sql/anon_funcs/words/zh.sql' with { type: 'text' }
import { Fault } from '../lib/fault.ts'
import { fromShippedFile, literal, sql } from '../lib/sql.ts'
import type { Target } from '../postgres/connection/target.ts'
import { ServerError, Session } from '../postgres/session.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

const FILES = [
  schemaSql,
  digestSql,
  partialSql,
  randomSql,
  noiseSql,
  convertSql,
  seedSql,
  permutationSql,
  wordsSql,
  fakePersonSql,
  fakePlaceSql,
  fakeNumberSql,
  fakeNetworkSql,
  generalizeSql,
  jsonbSql,
  redactSql,
]

const WORD_LISTS = { en: enWords, de: deWords, es: esWords, fr: frWords, ru: ruWords, zh: zhWords }

export interface InstalledLibrary {
  /** Languages whose letters the encoding of the database cannot hold; fake_… functions do not know them there. */
  readonly localesLeftOut: readonly string[]
}

/**
 * Installs the function library (schema anon_funcs) into a database, or brings it up to date: all of it or, where a
 * statement fails, nothing. It needs the right to create a schema, no extension and no superuser.
 */
export async function init(context: Context, target: Target): Promise<InstalledLibrary> {
  const session = await Session.open(target)
  try {
    await session.run(sql`SET client_min_messages = warning; BEGIN`)
    for (const [done, file] of FILES.entries()) {
      context.onProgress({ stage: 'init', done, total: FILES.length })
      await session.rowsUntil(context.signal, fromShippedFile(file))
    }
    await refuseForeignOwners(session)
    const localesLeftOut: string[] = []
    for (const [locale, file] of Object.entries(WORD_LISTS)) {
      if (!(await installWords(context, session, file))) localesLeftOut.push(locale)
    }
    await session.run(
      sql`COMMENT ON SCHEMA anon_funcs IS ${literal(`Function library of pgveil ${VERSION}`)}; COMMIT`,
    )
    return { localesLeftOut }
  } catch (error) {
    throw error instanceof ServerError ? initFault(error) : error
  } finally {
    await session.close()
  }
}

/** Whoever owns a function can replace it, and it then runs with the rights of the next one who makes a dump. */
async function refuseForeignOwners(session: Session): Promise<void> {
  const owned = await session.rows<{ object: string; owner: string }>(fromShippedFile(foreignOwnersSql))
  const [first] = owned
  if (!first) return
  throw new Fault(
    'init-failed',
    `The schema anon_funcs holds something that another role can change: ${first.object} belongs to ${first.owner}.`,
    {
      place: { relation: 'anon_funcs' },
      remedy: 'Drop the schema, or give it and all that is in it to a role you trust, and run init again.',
    },
  )
}

/** Gives false where the encoding of the database has no place for the language's letters. */
async function installWords(context: Context, session: Session, file: string): Promise<boolean> {
  await session.run(sql`SAVEPOINT words`)
  try {
    await session.rowsUntil(context.signal, fromShippedFile(file))
    return true
  } catch (error) {
    if (!(error instanceof ServerError && error.sqlState === UNTRANSLATABLE_CHARACTER)) throw error
    await session.run(sql`ROLLBACK TO SAVEPOINT words`)
    return false
  }
}

const UNTRANSLATABLE_CHARACTER = '22P05'

function initFault(error: ServerError): Fault {
  const remedies: Readonly<Record<string, string>> = {
    '25006': 'Run init on the primary: a standby takes the functions over from it.',
    '42501': 'The user needs CREATE on the database, and must own the schema anon_funcs where it exists.',
    '42P13':
      'The schema holds a function of the same name made by another program: drop it and run init again.',
  }
  return new Fault('init-failed', `The function library could not be installed: ${error.words}.`, {
    place: { relation: 'anon_funcs' },
    remedy: remedies[error.sqlState],
  })
}
