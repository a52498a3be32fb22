import { z } from 'zod'
import { Fault } from '../lib/fault.ts'
import { type Day, dayOf, isoWeekOf, localDays, monthOf, yearOf } from './calendar.ts'

/** Tiers of SMART (grandfather, father, son), each with the span of time that it keeps one file of. */
export const TIERS = ['daily', 'weekly', 'monthly', 'yearly'] as const
export type Tier = (typeof TIERS)[number]

/** More files than anybody keeps of one job; it bounds what is asked for, not what lies there. */
const MOST_KEPT = 10_000

const count = z.int().min(0).max(MOST_KEPT)

/** Which backups of a job stay. Sections of the modes that are not chosen may be there; they are kept for later. */
export const retentionSchema = z
  .strictObject({
    mode: z.enum(['NONE', 'SIMPLE', 'SMART']),
    simple: z.strictObject({ keepCount: count }).optional(),
    smart: z
      .strictObject({
        daily: count.default(0),
        weekly: count.default(0),
        monthly: count.default(0),
        yearly: count.default(0),
      })
      .optional(),
  })
  .refine(({ mode, simple }) => mode !== 'SIMPLE' || (simple?.keepCount ?? 0) >= 1, {
    path: ['simple', 'keepCount'],
    error: 'SIMPLE needs a keepCount of at least 1',
  })
  .refine(({ mode, smart }) => mode !== 'SMART' || TIERS.some((tier) => (smart?.[tier] ?? 0) > 0), {
    path: ['smart'],
    error: 'SMART needs at least one of daily, weekly, monthly and yearly above 0',
  })

export type Retention = z.infer<typeof retentionSchema>

/** Throws `retention-invalid`. */
export function readRetention(value: unknown): Retention {
  const parsed = retentionSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  throw new Fault('retention-invalid', `The retention cannot be read: ${where}${issue?.message}.`, {
    remedy:
      'Give {"mode":"NONE"}, {"mode":"SIMPLE","simple":{"keepCount":7}} or {"mode":"SMART","smart":{"daily":7,"weekly":4,"monthly":12,"yearly":2}}.',
  })
}

/** A backup of one job, in its folder. */
export interface KeptFile {
  readonly path: string
  /** When its snapshot was taken. */
  readonly at: Date
  readonly locked: boolean
}

export interface RetentionOptions {
  /** The file that this run has just written. */
  readonly justUploaded: string
  /** Of the job, which days, weeks, months and years are counted in: a name of the IANA database. */
  readonly timeZone: string
}

/** Why a file stays: by a rule of the policy, or because it is none of the policy's business. */
export type Keeper = Tier | 'simple' | 'everything' | 'locked' | 'just-uploaded' | 'undated'

export interface Explained {
  readonly path: string
  /** Empty: it is removed. */
  readonly keptBy: readonly Keeper[]
}

/**
 * The files that a policy does not keep, oldest first, so that a removal that is broken off leaves the newest. Locked files
 * stay and take no place of another. A policy that is none, NONE, or one that cannot be read removes nothing; the file just
 * uploaded is never removed, nor one of no date.
 */
export function toRemove(
  files: readonly KeptFile[],
  retention: Retention,
  options: RetentionOptions,
): string[] {
  return explain(files, retention, options)
    .filter(({ keptBy }) => keptBy.length === 0)
    .map(({ path }) => path)
    .reverse()
}

/** What keeps each file, newest first. */
export function explain(
  files: readonly KeptFile[],
  retention: Retention,
  { justUploaded, timeZone }: RetentionOptions,
): Explained[] {
  // Once more, for it lay in a file: what removes backups does not trust.
  const policy = retentionSchema.safeParse(retention).data
  const places = policy ? placesOf(policy, timeZone) : [{ keeper: 'everything', take: () => true } as const]
  return files.toSorted(newestFirst).map(({ path, at, locked }) => {
    if (locked) return { path, keptBy: ['locked'] }
    if (Number.isNaN(at.getTime())) return { path, keptBy: ['undated'] }
    const keptBy: Keeper[] = places.filter(({ take }) => take(at)).map(({ keeper }) => keeper)
    return { path, keptBy: path === justUploaded ? [...keptBy, 'just-uploaded'] : keptBy }
  })
}

/** A rule that is asked about one file after the other, newest first, and takes those it has a place for. */
interface Places {
  readonly keeper: Keeper
  readonly take: (at: Date) => boolean
}

function placesOf({ mode, simple, smart }: Retention, timeZone: string): Places[] {
  if (mode === 'SIMPLE' && simple) {
    let left = simple.keepCount
    return [{ keeper: 'simple', take: () => left-- > 0 }]
  }
  if (mode === 'SMART' && smart) {
    const localDay = localDays(timeZone)
    return TIERS.map((tier) => onePerPeriod(tier, smart[tier], (at) => PERIOD_OF[tier](localDay(at))))
  }
  return [{ keeper: 'everything', take: () => true }]
}

function onePerPeriod(keeper: Tier, most: number, periodOf: (at: Date) => string): Places {
  const taken = new Set<string>()
  const take = (at: Date) => {
    if (taken.size >= most) return false
    const period = periodOf(at)
    return !taken.has(period) && taken.add(period).size > 0
  }
  return { keeper, take }
}

const PERIOD_OF: Readonly<Record<Tier, (day: Day) => string>> = {
  daily: dayOf,
  weekly: isoWeekOf,
  monthly: monthOf,
  yearly: yearOf,
}

/** Of two of the same instant, the one whose name comes later. */
function newestFirst(left: KeptFile, right: KeptFile): number {
  const [a, b] = [left.at.getTime(), right.at.getTime()]
  // Files of no date would leave the order of the others to chance.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
  return b - a || (left.path < right.path ? 1 : left.path > right.path ? -1 : 0)
}
