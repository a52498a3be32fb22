import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import type { EncryptionProfilesTable } from '../../store/tables.ts'
import type { Definitions } from './adapters.ts'
import { readName, refuseTakenName, unlessTaken } from './names.ts'

export const SEALING_ALGORITHM = 'AES256_GCM_HKDF_1MB'

/** A key of the vault, without the key. */
export interface EncryptionProfile {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly algorithm: typeof SEALING_ALGORITHM
  readonly createdAt: Date
}

/** The newest first. */
export async function listProfiles({ state }: Definitions): Promise<EncryptionProfile[]> {
  const rows = await state
    .selectFrom('encryption_profiles')
    .selectAll()
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(readProfile)
}

/** Throws `profile-unknown`. */
export async function findProfile(context: Definitions, id: string): Promise<EncryptionProfile> {
  return readProfile(await profileRow(context, id))
}

/** The key: 32 bytes, hexadecimal. Throws `profile-unknown`, `state-key`. */
export async function profileKey(context: Definitions, id: string): Promise<Secret> {
  const row = await profileRow(context, id)
  return new Secret(context.seal.open(row.key, purposeOf(id)))
}

/** Makes a key, or takes one: 64 hexadecimal digits. Throws `job-invalid`, `name-taken`. */
export async function createProfile(
  context: Definitions,
  profile: {
    readonly name: string
    readonly description?: string | undefined
    readonly key?: Secret | undefined
  },
): Promise<EncryptionProfile> {
  const name = readName(profile.name)
  const key = (profile.key?.reveal() ?? randomBytes(32).toString('hex')).toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new Fault('job-invalid', 'A key is 32 bytes: 64 hexadecimal digits.', { place: { field: 'key' } })
  }
  await refuseTakenName(context.state, 'encryption_profiles', name)
  const id = crypto.randomUUID()
  const row = await unlessTaken(
    name,
    context.state
      .insertInto('encryption_profiles')
      .values({
        id,
        name,
        description: profile.description ?? null,
        algorithm: SEALING_ALGORITHM,
        key: context.seal.close(key, purposeOf(id)),
        created_at: context.clock.now().getTime(),
      })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
  return readProfile(row)
}

/** Throws `profile-unknown`. */
export async function describeProfile(
  context: Definitions,
  id: string,
  description: string | null,
): Promise<EncryptionProfile> {
  await profileRow(context, id)
  const changed = context.state.updateTable('encryption_profiles').set({ description }).where('id', '=', id)
  return readProfile(await changed.returningAll().executeTakeFirstOrThrow())
}

/**
 * Without its key no backup that it sealed can be opened again, other than by a recovery kit. Throws `profile-unknown`,
 * `profile-in-use`.
 */
export async function removeProfile(context: Definitions, id: string): Promise<void> {
  await profileRow(context, id)
  await context.state.transaction().execute(async (transaction) => {
    const job = await transaction
      .selectFrom('jobs')
      .select('name')
      .where('encryption_profile_id', '=', id)
      .executeTakeFirst()
    if (job) throw new Fault('profile-in-use', `The job "${job.name}" seals its backups with this profile.`)
    await transaction.deleteFrom('encryption_profiles').where('id', '=', id).execute()
  })
}

async function profileRow({ state }: Definitions, id: string): Promise<Selectable<EncryptionProfilesTable>> {
  const row = await state
    .selectFrom('encryption_profiles')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw new Fault('profile-unknown', 'There is no such encryption profile.', {
    remedy:
      'A backup that it sealed can be opened with its recovery kit; a profile can be made with its key again.',
  })
}

function readProfile(row: Selectable<EncryptionProfilesTable>): EncryptionProfile {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    algorithm: SEALING_ALGORITHM,
    createdAt: new Date(row.created_at),
  }
}

function purposeOf(id: string): string {
  return `encryption profile ${id}`
}
