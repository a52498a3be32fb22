import type { Selectable } from 'kysely'
import { readKnownColumns } from '../../dictionary/known-columns.ts'
import { readSensitiveDictionary } from '../../dictionary/sensitive.ts'
import type { DictionarySource } from '../../dictionary/source.ts'
import { readTablesDictionary } from '../../dictionary/tables.ts'
import { Fault } from '../../lib/fault.ts'
import type { DictionariesTable } from '../../store/tables.ts'
import type { Definitions } from './adapters.ts'
import { readName, refuseTakenName, unlessTaken } from './names.ts'

/** What a dictionary is to a job, and how its text is read. */
const READERS = {
  sensitive: readSensitiveDictionary,
  'non-sensitive': (source) => readKnownColumns([source]),
  tables: readTablesDictionary,
  'tables-exclude': readTablesDictionary,
} as const satisfies Record<string, (source: DictionarySource) => unknown>

export const DICTIONARY_KINDS = Object.keys(READERS) as DictionaryKind[]
export type DictionaryKind = keyof typeof READERS

/** A dictionary that the server keeps for its jobs. */
export interface KeptDictionary extends DictionarySource {
  readonly id: string
  readonly kind: DictionaryKind
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Whether rows are changed, or left out, by a dictionary: one without rules changes none. */
export function masksSomething({ kind, name, text }: KeptDictionary): boolean {
  if (kind !== 'sensitive') return false
  const { rules, excludes } = readSensitiveDictionary({ name, text })
  return rules.length + excludes.length > 0
}

/** The newest first. */
export async function listDictionaries({ state }: Definitions): Promise<KeptDictionary[]> {
  const rows = await state.selectFrom('dictionaries').selectAll().orderBy('created_at', 'desc').execute()
  return rows.map(readRow)
}

/** Throws `dictionary-unknown`. */
export async function findDictionary({ state }: Definitions, id: string): Promise<KeptDictionary> {
  const row = await state.selectFrom('dictionaries').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new Fault('dictionary-unknown', `There is no such dictionary.`)
  return readRow(row)
}

/** Throws `dictionary-syntax`, `dictionary-shape` at line and column, `name-taken`. */
export async function createDictionary(
  context: Definitions,
  given: { readonly name: string; readonly kind: DictionaryKind; readonly text: string },
): Promise<KeptDictionary> {
  const name = readName(given.name)
  READERS[given.kind]({ name, text: given.text })
  await refuseTakenName(context.state, 'dictionaries', name)
  const now = context.clock.now().getTime()
  const row = await unlessTaken(
    name,
    context.state
      .insertInto('dictionaries')
      .values({
        id: crypto.randomUUID(),
        name,
        kind: given.kind,
        text: given.text,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readRow(row)
}

/** What is not given stays. Throws as `createDictionary`, `dictionary-unknown`. */
export async function changeDictionary(
  context: Definitions,
  id: string,
  changes: {
    readonly name?: string | undefined
    readonly kind?: DictionaryKind | undefined
    readonly text?: string | undefined
  },
): Promise<KeptDictionary> {
  const before = await findDictionary(context, id)
  const name = changes.name === undefined ? before.name : readName(changes.name)
  const { kind = before.kind, text = before.text } = changes
  READERS[kind]({ name, text })
  await refuseTakenName(context.state, 'dictionaries', name, id)
  const row = await unlessTaken(
    name,
    context.state
      .updateTable('dictionaries')
      .set({ name, kind, text, updated_at: context.clock.now().getTime() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readRow(row)
}

/** Throws `dictionary-unknown`, `dictionary-in-use`. */
export async function removeDictionary(context: Definitions, id: string): Promise<void> {
  const { name } = await findDictionary(context, id)
  await context.state.transaction().execute(async (transaction) => {
    const jobs = await transaction.selectFrom('jobs').select(['name', 'dictionary_ids']).execute()
    const user = jobs.find(({ dictionary_ids: ids }) => (JSON.parse(ids) as string[]).includes(id))
    if (user)
      throw new Fault('dictionary-in-use', `The job "${user.name}" masks with the dictionary "${name}".`)
    await transaction.deleteFrom('dictionaries').where('id', '=', id).execute()
  })
}

function readRow(row: Selectable<DictionariesTable>): KeptDictionary {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as DictionaryKind,
    text: row.text,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}
