import { Fault } from '../../lib/fault.ts'
import type { State } from '../../store/state.ts'
import type { Tables } from '../../store/tables.ts'

const LONGEST_NAME = 200

/** Control characters, halves of characters, and what turns the direction of writing: a name must look like what it is. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** A name for people. Throws `job-invalid`. */
export function readName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > LONGEST_NAME || UNPRINTABLE.test(name)) {
    throw new Fault('job-invalid', `A name has 1 to ${LONGEST_NAME} characters and no control characters.`, {
      place: { field: 'name' },
    })
  }
  return name
}

/** What has names by which a file of jobs can mean it. */
type Named = Extract<keyof Tables, 'adapters' | 'jobs' | 'encryption_profiles' | 'dictionaries'>

/** Throws `name-taken` where something else of the table bears the name. */
export async function refuseTakenName(
  state: Pick<State, 'selectFrom'>,
  table: Named,
  name: string,
  ownId = '',
): Promise<void> {
  const taken = await state
    .selectFrom(table)
    .select('id')
    .where('name', '=', name)
    .where('id', '<>', ownId)
    .executeTakeFirst()
  if (taken) throw nameTaken(name)
}

/** Waits for what writes a name down. Throws `name-taken` where another process has taken it since it was asked for. */
export async function unlessTaken<Row>(name: string, written: Promise<Row>): Promise<Row> {
  try {
    return await written
  } catch (error) {
    throw (error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE' ? nameTaken(name) : error
  }
}

function nameTaken(name: string): Fault {
  return new Fault('name-taken', `The name ${JSON.stringify(name)} is taken.`, { place: { field: 'name' } })
}
