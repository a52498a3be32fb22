import { type FaultCode, type FaultKind, kindOf } from './fault-codes.ts'

export type { FaultCode, FaultKind }

/** Where a fault lies: in a file, in a database, or both. Lines and columns count from 1. */
export interface Place {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** `schema.table`, for people. */
  readonly relation?: string | undefined
  /** A column of that relation. */
  readonly field?: string | undefined
}

/** One thing found wrong, or worth a look. Never holds a value of a row. */
export interface Finding {
  readonly code: FaultCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly place?: Place | undefined
  /** What the reader can do about it. */
  readonly remedy?: string | undefined
}

type Details = { place?: Place | undefined; remedy?: string | undefined; cause?: unknown }

/**
 * The only error that pgveil throws on purpose. It carries a code, a place and a remedy; where several things are
 * wrong at once (a plan with ten bad rules) it carries them all, so that a user mends them in one go.
 */
export class Fault extends Error {
  readonly code: FaultCode
  readonly findings: readonly Finding[]

  constructor(code: FaultCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Fault'
    this.code = code
    this.findings = [{ code, severity: 'error', message, place: details.place, remedy: details.remedy }]
  }

  /** One fault for several findings; its code and message are those of the first error among them. */
  static of(findings: readonly Finding[]): Fault {
    const sorted = findings.toSorted(byPosition)
    const first = sorted.find((finding) => finding.severity === 'error')
    if (!first) throw new Error('Fault.of needs at least one finding of severity error')
    const fault = new Fault(first.code, first.message, first)
    return Object.assign(fault, { findings: sorted })
  }

  get kind(): FaultKind {
    return kindOf(this.code)
  }

  get place(): Place | undefined {
    return this.#first?.place
  }

  get remedy(): string | undefined {
    return this.#first?.remedy
  }

  get #first(): Finding | undefined {
    return this.findings.find((finding) => finding.severity === 'error')
  }
}

/** Throws one fault with all findings where an error is among them. */
export function refuseErrors(findings: readonly Finding[]): void {
  if (findings.some((finding) => finding.severity === 'error')) throw Fault.of(findings)
}

/** Does something; what a fault says of it begins with these words. */
export async function saidOf<Result>(words: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const findings = error.findings.map((finding) => ({
      ...finding,
      message: `${words}: ${finding.message}`,
    }))
    throw Object.assign(Fault.of(findings), { cause: error.cause })
  }
}

/** The order in which a reader goes through a file; what has no position keeps its order. */
function byPosition(left: Finding, right: Finding): number {
  const [a, b] = [left.place, right.place]
  if (a?.file !== b?.file) return 0
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}

/** `file:line:column relation.field`, as much of it as is known; '' where nothing is. */
export function describePlace(place: Place | undefined): string {
  if (!place) return ''
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
  const target = [place.relation, place.field].filter((part) => part !== undefined).join('.')
  return [position, target].filter((part) => part !== '').join(' ')
}

/** What ended some work, as a fault: the reason of the abort where it was aborted, whatever broke on account of that. */
export function faultOfWork(signal: AbortSignal, thrown: unknown): Fault {
  return asFault(signal.aborted ? signal.reason : thrown)
}

/** Anything thrown, as a fault: faults stay themselves, an abort becomes `interrupted`, the rest is `internal`. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new Fault('interrupted', 'Interrupted.', { cause: thrown })
  }
  return new Fault('internal', 'Something went wrong inside pgveil.', {
    cause: thrown,
    remedy: 'Please report it with the output of the same command with --verbose debug.',
  })
}
