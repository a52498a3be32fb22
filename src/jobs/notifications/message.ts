import type { RunState } from '../run.ts'
import type { NotificationEvent } from './events.ts'
import { plainLine, plainLines } from './plain-text.ts'

/** A run that has ended, or what went wrong in the server itself. Nothing in it is a secret or a value of a row. */
export interface Occasion {
  readonly id: string
  readonly event: NotificationEvent | 'test'
  /** Null where no job is concerned. */
  readonly jobName: string | null
  readonly kind: string
  readonly state: RunState
  readonly startedAt: Date | null
  readonly endedAt: Date
  /** Bytes of the backup. */
  readonly size: number | null
  /** Of the backup, in its destination. */
  readonly path: string | null
  readonly error: { readonly code: string; readonly message: string } | null
  /** Counts: rows, tables, columns masked. */
  readonly figures: Readonly<Record<string, number>>
}

/** What a channel is told, in plain lines that hold nothing a format takes for its own but what is escaped for each. */
export interface Message {
  readonly event: NotificationEvent | 'test'
  readonly time: Date
  readonly tone: 'good' | 'bad' | 'neutral'
  /** One line. */
  readonly subject: string
  /** One line each. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  /** Why it failed, in several lines; '' where it did not. */
  readonly error: string
  /** The occasion for programs. */
  readonly data: Readonly<Record<string, unknown>>
}

const MOST_NAME = 120
const MOST_PATH = 500
const MOST_ERROR = 2000
const MOST_FIGURES = 12

const SUBJECTS: Readonly<Record<NotificationEvent | 'test', string>> = {
  backup_success: 'Backup succeeded',
  backup_failure: 'Backup failed',
  backup_recovered: 'Backup succeeds again',
  restore_complete: 'Restore succeeded',
  restore_failure: 'Restore failed',
  refresh_success: 'Refresh succeeded',
  refresh_failure: 'Refresh failed',
  refresh_recovered: 'Refresh succeeds again',
  system_error: 'pgveil needs attention',
  test: 'Test message of pgveil',
}

export function messageOf(occasion: Occasion): Message {
  const { event, endedAt, startedAt, size, id, kind, state } = occasion
  const jobName = occasion.jobName === null ? null : plainLine(occasion.jobName, MOST_NAME)
  const path = occasion.path === null ? null : plainLine(occasion.path, MOST_PATH)
  const error = occasion.error && {
    code: plainLine(occasion.error.code, MOST_NAME),
    message: plainLines(occasion.error.message, MOST_ERROR),
  }
  const seconds = startedAt && Math.max(0, Math.round((endedAt.getTime() - startedAt.getTime()) / 1000))
  const figures = Object.entries(occasion.figures)
    .filter(([, value]) => Number.isFinite(value))
    .slice(0, MOST_FIGURES)
    .map(([name, value]) => [plainLine(name, MOST_NAME), value] as const)
  const field = (name: string, value: string | null) => (value ? [{ name, value }] : [])
  return {
    event,
    time: endedAt,
    tone: event === 'test' ? 'neutral' : state === 'failed' ? 'bad' : 'good',
    subject: jobName ? `${SUBJECTS[event]}: ${jobName}` : SUBJECTS[event],
    fields: [
      ...field('Job', jobName),
      ...field('Run', plainLine(id, MOST_NAME)),
      ...field('Started', startedAt && writeTime(startedAt)),
      ...field('Ended', writeTime(endedAt)),
      ...field('Took', seconds === null ? null : writeDuration(seconds)),
      ...field('Size', size === null ? null : writeSize(size)),
      ...field('File', path),
      ...figures.map(([name, value]) => ({ name, value: String(value) })),
      ...field('Error', error?.code ?? null),
    ],
    error: error ? error.message : '',
    data: {
      executionId: id,
      jobName,
      kind,
      state,
      startedAt: startedAt?.toISOString() ?? null,
      endedAt: endedAt.toISOString(),
      /** Seconds. */
      duration: seconds,
      size,
      path,
      error,
      figures: Object.fromEntries(figures),
    },
  }
}

function writeTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `2 h 3 min`, `3 min 4 s`, `4 s`. */
function writeDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1536` → `1.5 KiB`. */
function writeSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  const number = bytes / 1024 ** power
  return `${power === 0 ? number : number.toFixed(1)} ${UNITS[power]}`
}
