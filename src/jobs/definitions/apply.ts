import { isDeepStrictEqual } from 'node:util'
import { Fault, saidOf } from '../../lib/fault.ts'
import type { Secret } from '../../lib/secret.ts'
import type { AdapterType } from './adapter-kinds.ts'
import { changeAdapter, createAdapter, type Definitions, listAdapters } from './adapters.ts'
import { changeDictionary, createDictionary, type DictionaryKind, listDictionaries } from './dictionaries.ts'
import type { JobInput } from './job-input.ts'
import { changeJob, createJob, listJobs, settingsOf } from './jobs.ts'
import { type FiledJob, type JobsFile, keyOf, SECTION_OF_TYPE } from './jobs-file.ts'
import {
  createProfile,
  describeProfile,
  type EncryptionProfile,
  listProfiles,
  profileKey,
} from './profiles.ts'

/** What became of one thing that a file names. */
export interface Applied {
  readonly what: string
  readonly name: string
  readonly outcome: 'created' | 'changed' | 'unchanged'
}

/**
 * Makes what is defined what a file says, by name: all of it or, where anything is wrong, nothing. What the file does not
 * name stays as it is. Throws the faults of creating each, and `jobs-file`, `profile-in-use`.
 */
export async function applyJobsFile(
  context: Definitions,
  file: JobsFile,
  readDictionary: (path: string) => Promise<string>,
  options: { readonly dryRun: boolean },
): Promise<Applied[]> {
  const texts = await Promise.all(
    file.dictionaries.map(async ({ text, file: path }) => text ?? (await readDictionary(path ?? ''))),
  )
  class DryRun extends Error {}
  let applied: Applied[] = []
  try {
    await context.state.transaction().execute(async (transaction) => {
      const within = { ...context, state: transaction }
      applied = [
        ...(await applyAdapters(within, file, 'database')),
        ...(await applyAdapters(within, file, 'storage')),
        ...(await applyAdapters(within, file, 'notification')),
        ...(await applyProfiles(within, file)),
        ...(await applyDictionaries(within, file, texts)),
        ...(await applyJobs(within, file)),
      ]
      if (options.dryRun) throw new DryRun()
    })
  } catch (error) {
    if (!(error instanceof DryRun)) throw error
  }
  return applied
}

async function applyAdapters(context: Definitions, file: JobsFile, type: AdapterType): Promise<Applied[]> {
  const before = await listAdapters(context)
  const applied: Applied[] = []
  for (const wanted of file[SECTION_OF_TYPE[type]]) {
    const production = 'production' in wanted && wanted.production === true
    const found = before.find(({ name }) => name === wanted.name.trim())
    if (found && (found.type !== type || found.adapterId !== wanted.adapterId)) {
      throw new Fault(
        'jobs-file',
        `"${found.name}" is there already, as a ${found.adapterId} of type ${found.type}.`,
      )
    }
    if (!found)
      await saidOf(JSON.stringify(wanted.name), () => createAdapter(context, { ...wanted, type, production }))
    const same = found && isDeepStrictEqual(found.config, wanted.config) && found.production === production
    if (found && !same) {
      // The file says all of it: what it does not name any more goes.
      const gone = Object.fromEntries(Object.keys(found.config).map((field) => [field, null]))
      const config = { ...gone, ...wanted.config }
      await saidOf(JSON.stringify(wanted.name), () =>
        changeAdapter(context, found.id, { config, production }),
      )
    }
    applied.push({ what: wanted.adapterId, name: wanted.name, outcome: outcomeOf(found, same) })
  }
  return applied
}

/** A key is never changed: what it has sealed could not be opened again. */
async function applyProfiles(context: Definitions, file: JobsFile): Promise<Applied[]> {
  const before = await listProfiles(context)
  const applied: Applied[] = []
  for (const wanted of file.encryptionProfiles) {
    const found = before.find(({ name }) => name === wanted.name.trim())
    const description = wanted.description ?? null
    const same = found?.description === description
    await saidOf(JSON.stringify(wanted.name), async () => {
      const key = keyOf(wanted)
      if (!found) return createProfile(context, { ...wanted, key })
      await refuseOtherKey(context, found, key)
      return same ? found : describeProfile(context, found.id, description)
    })
    applied.push({ what: 'encryption profile', name: wanted.name, outcome: outcomeOf(found, same) })
  }
  return applied
}

async function refuseOtherKey(
  context: Definitions,
  found: EncryptionProfile,
  key: Secret | undefined,
): Promise<void> {
  if (!key || key.reveal().toLowerCase() === (await profileKey(context, found.id)).reveal()) return
  throw new Fault('profile-in-use', 'The encryption profile is there with another key.', {
    remedy: 'Give the new key a profile of its own; backups that the old one sealed need the old one.',
  })
}

async function applyDictionaries(
  context: Definitions,
  file: JobsFile,
  texts: readonly string[],
): Promise<Applied[]> {
  const before = await listDictionaries(context)
  const applied: Applied[] = []
  for (const [index, wanted] of file.dictionaries.entries()) {
    const found = before.find(({ name }) => name === wanted.name.trim())
    const given = { name: wanted.name, kind: wanted.kind as DictionaryKind, text: texts[index] ?? '' }
    const same = found?.text === given.text && found.kind === given.kind
    if (!found) await createDictionary(context, given)
    else if (!same) await changeDictionary(context, found.id, given)
    applied.push({ what: 'dictionary', name: wanted.name, outcome: outcomeOf(found, same) })
  }
  return applied
}

async function applyJobs(context: Definitions, file: JobsFile): Promise<Applied[]> {
  const before = await listJobs(context.state)
  const ids = await idsByName(context)
  const applied: Applied[] = []
  for (const wanted of file.jobs) {
    const found = before.find(({ name }) => name === wanted.name.trim())
    const job = await saidOf(JSON.stringify(wanted.name), async () => {
      const input = withIds(wanted, ids)
      return found ? changeJob(context, found.id, input) : createJob(context, input)
    })
    const same = found && isDeepStrictEqual(settingsOf(found), settingsOf(job))
    applied.push({ what: 'job', name: wanted.name, outcome: outcomeOf(found, same) })
  }
  return applied
}

/** The id of what bears a name. Throws `jobs-file`. */
export type IdOf = (what: 'adapter' | 'dictionary' | 'encryption profile', name: string) => string

export async function idsByName(context: Definitions): Promise<IdOf> {
  const ids = {
    adapter: new Map((await listAdapters(context)).map(({ name, id }) => [name, id])),
    dictionary: new Map((await listDictionaries(context)).map(({ name, id }) => [name, id])),
    'encryption profile': new Map((await listProfiles(context)).map(({ name, id }) => [name, id])),
  }
  return (what, name) => {
    const id = ids[what].get(name.trim())
    if (id !== undefined) return id
    throw new Fault('jobs-file', `There is no ${what} of the name ${JSON.stringify(name)}.`)
  }
}

/** A job as the file names things, as the server stores it. */
export function withIds(job: FiledJob, idOf: IdOf): JobInput {
  const {
    source,
    destination,
    dictionaries,
    encryptionProfile,
    notifications,
    notificationEvents,
    targets,
    ...rest
  } = job
  const events = notificationEvents && {
    ...Object.fromEntries(
      Object.entries(notificationEvents).map(([event, wish]) => [
        event,
        Array.isArray(wish) ? wish.map((name) => idOf('adapter', name)) : wish,
      ]),
    ),
  }
  return {
    ...rest,
    sourceId: idOf('adapter', source),
    destinationId: idOf('adapter', destination),
    dictionaryIds: dictionaries.map((name) => idOf('dictionary', name)),
    encryptionProfileId: encryptionProfile === null ? null : idOf('encryption profile', encryptionProfile),
    notificationIds: notifications.map((name) => idOf('adapter', name)),
    notificationEvents: events,
    targets: targets.map(({ targetSource, ...target }) => ({
      ...target,
      targetSourceId: idOf('adapter', targetSource),
    })),
  }
}

function outcomeOf(found: unknown, same: boolean | undefined): Applied['outcome'] {
  return found === undefined ? 'created' : same ? 'unchanged' : 'changed'
}
