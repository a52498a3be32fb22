import { z } from 'zod'
import { Fault } from '../../lib/fault.ts'
import { Secret } from '../../lib/secret.ts'
import type { ADAPTER_TYPES } from './adapter-kinds.ts'
import { jobSchema, refreshTargetSchema } from './job-input.ts'

/** Characters of a file; with hundreds of jobs one has a few hundred kB. */
export const LARGEST_FILE = 16 * 1024 * 1024

/** Levels of lists and objects; the schema has eight. */
const DEEPEST = 100

const name = z.string().min(1).max(200)

const adapter = z.strictObject({
  name,
  adapterId: name,
  config: z.record(z.string(), z.unknown()),
})

const profile = z.strictObject({
  name,
  description: z.string().max(1000).optional(),
  /** 64 hexadecimal digits. Absent: one is made, once. */
  key: z.string().max(200).optional(),
})

const dictionary = z
  .strictObject({
    name,
    kind: z.enum(['sensitive', 'non-sensitive', 'tables', 'tables-exclude']),
    /** Beside the file of jobs. */
    file: z.string().min(1).max(4000).optional(),
    text: z.string().optional(),
  })
  .refine(
    ({ file, text }) => (file === undefined) !== (text === undefined),
    'it needs either "file" or "text"',
  )

/** As over REST, with names in the place of ids. */
const job = jobSchema
  .omit({
    sourceId: true,
    destinationId: true,
    dictionaryIds: true,
    encryptionProfileId: true,
    notificationIds: true,
    notificationEvents: true,
    targets: true,
  })
  .extend({
    source: name,
    destination: name,
    dictionaries: z.array(name).max(1000).default([]),
    encryptionProfile: name.nullable().default(null),
    notifications: z.array(name).max(1000).default([]),
    notificationEvents: z
      .record(z.string(), z.union([z.boolean(), z.array(name)]))
      .nullable()
      .default(null),
    targets: z
      .array(refreshTargetSchema.omit({ targetSourceId: true }).extend({ targetSource: name }))
      .max(100)
      .default([]),
  })

const fileSchema = z.strictObject({
  sources: z.array(adapter.extend({ production: z.boolean().default(false) })).default([]),
  destinations: z.array(adapter).default([]),
  notifications: z.array(adapter).default([]),
  encryptionProfiles: z.array(profile).default([]),
  dictionaries: z.array(dictionary).default([]),
  jobs: z.array(job).default([]),
})

/** A deployment as it is written down: what there is to be, by name. */
export type JobsFile = z.infer<typeof fileSchema>
export type FiledJob = JobsFile['jobs'][number]

export const SECTION_OF_TYPE = {
  database: 'sources',
  storage: 'destinations',
  notification: 'notifications',
} as const satisfies Record<(typeof ADAPTER_TYPES)[number], keyof JobsFile>

/**
 * Reads a YAML file of jobs. `${NAME}` in a text stands for a variable of the environment, so that no password need stand in
 * the file; `$$` stands for a dollar. Throws `jobs-file`.
 */
export function readJobsFile(
  text: string,
  place: string,
  environment: Readonly<Record<string, string | undefined>>,
): JobsFile {
  if (text.length > LARGEST_FILE) throw refused(place, 'It is too large to be a file of jobs')
  const parsed = fileSchema.safeParse(substituted(parseYaml(text, place), environment, place))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refused(place, `It is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`)
  }
  refuseTwice(parsed.data, place)
  return parsed.data
}

/** The key of a profile, where the file gives one. */
export function keyOf({ key }: JobsFile['encryptionProfiles'][number]): Secret | undefined {
  return key === undefined ? undefined : new Secret(key)
}

function parseYaml(text: string, place: string): unknown {
  try {
    return Bun.YAML.parse(text)
  } catch {
    // The parser's words may quote a line, and with it a password.
    throw refused(place, 'It is not YAML')
  }
}

/**
 * The same with the variables in their places. An alias stands for what it means, so that a file of a few lines may mean
 * billions of values, or itself: what is written out is bounded as the file is.
 */
function substituted(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  place: string,
): unknown {
  let left = LARGEST_FILE
  const spend = (amount: number, depth: number) => {
    left -= amount
    if (left < 0 || depth > DEEPEST) throw refused(place, 'Its aliases mean too much')
  }
  const written = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') {
      const text = withVariables(value, environment, place)
      spend(text.length + 1, depth)
      return text
    }
    spend(1, depth)
    if (Array.isArray(value)) return value.map((item) => written(item, depth + 1))
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(value)
    for (const [key] of entries) spend(key.length, depth)
    return Object.fromEntries(entries.map(([key, item]) => [key, written(item, depth + 1)]))
  }
  return written(value, 0)
}

function withVariables(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  place: string,
): string {
  return text.replaceAll(/\$(\$|\{(\w+)\})/g, (_, what: string, variable: string) => {
    if (what === '$') return '$'
    const found = environment[variable]
    if (found === undefined) throw refused(place, `The environment has no variable ${variable}`)
    return found
  })
}

/** Sources, destinations and channels share one space of names. */
function refuseTwice(file: JobsFile, place: string): void {
  const adapters = [...file.sources, ...file.destinations, ...file.notifications]
  for (const items of [adapters, file.encryptionProfiles, file.dictionaries, file.jobs]) {
    const names = items.map((item) => item.name.trim())
    const twice = names.find((found, index) => names.indexOf(found) !== index)
    if (twice !== undefined) throw refused(place, `${JSON.stringify(twice)} is there twice`)
  }
}

function refused(place: string, what: string): Fault {
  return new Fault('jobs-file', `The file of jobs cannot be used. ${what}.`, {
    place: { file: place },
    remedy:
      'It has the lists sources, destinations, notifications, encryptionProfiles, dictionaries and jobs; see docs/jobs.md.',
  })
}
