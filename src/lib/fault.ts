/** Who has to act on a fault. The edges translate it: exit codes on the command line, status codes over HTTP. */
export type FaultKind = 'usage' | 'refused' | 'failed' | 'interrupted'

/** Every code a fault can carry, with its kind. One table, so that the documentation and the edges read the same list. */
const KIND_BY_CODE = {
  // The call itself is wrong.
  usage: 'usage',
  'connection-options': 'usage',
  'config-invalid': 'usage',

  // A dictionary, or what it would do to this database, is wrong.
  'dictionary-unreadable': 'refused',
  'dictionary-syntax': 'refused',
  'dictionary-shape': 'refused',
  'expression-syntax': 'refused',
  'expression-rejected': 'refused',
  'rule-unmatched': 'refused',
  'rule-overruled': 'refused',
  'column-unlisted': 'refused',
  'column-unknown': 'refused',
  'column-not-copyable': 'refused',
  'raw-sql-columns': 'refused',
  'rows-not-preserved': 'refused',
  'rule-shadowed': 'refused',
  'foreign-code': 'refused',
  'rule-rejected': 'refused',
  'rule-fails': 'refused',
  'constraint-unchecked': 'refused',
  'null-in-not-null': 'refused',
  'constant-in-unique': 'refused',
  'value-too-long': 'refused',
  'check-unsatisfiable': 'refused',
  'key-masked-differently': 'refused',
  'key-not-carried': 'refused',
  'random-key': 'refused',
  'random-unique': 'refused',
  'random-view': 'refused',
  'row-security': 'refused',
  'salt-missing': 'refused',
  'view-salt': 'refused',
  'view-name': 'refused',
  'role-reads-tables': 'refused',
  'computed-from-masked': 'refused',
  'values-unchanged': 'refused',
  'exclusion-masked': 'refused',
  'constraint-broken': 'refused',
  'nothing-to-dump': 'refused',
  'nothing-to-restore': 'refused',

  // The work could not be done.
  'connection-failed': 'failed',
  'connection-lost': 'failed',
  'query-failed': 'failed',
  'privilege-missing': 'failed',
  'lock-unavailable': 'failed',
  'server-unsupported': 'failed',
  'program-missing': 'failed',
  'program-version': 'failed',
  'program-failed': 'failed',
  'copy-failed': 'failed',
  'init-failed': 'failed',
  'structure-failed': 'failed',
  'archive-format': 'failed',
  'archive-missing': 'failed',
  'archive-unfinished': 'failed',
  'archive-damaged': 'failed',
  'archive-content': 'failed',
  'output-not-empty': 'failed',
  'output-busy': 'failed',
  disk: 'failed',
  'disk-space': 'failed',
  'target-not-empty': 'failed',
  'target-extra-tables': 'failed',
  'target-busy': 'failed',
  'views-failed': 'failed',
  'views-outdated': 'failed',
  'target-is-source': 'failed',
  'target-version': 'failed',
  'target-structure': 'failed',
  'restore-failed': 'failed',
  'privileges-not-restored': 'failed',
  'owners-not-restored': 'failed',
  'cluster-failed': 'failed',
  'proof-failed': 'failed',
  internal: 'failed',

  interrupted: 'interrupted',
} as const satisfies Record<string, FaultKind>

export type FaultCode = keyof typeof KIND_BY_CODE

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
    return KIND_BY_CODE[this.code]
  }

  get place(): Place | undefined {
    return this.findings[0]?.place
  }

  get remedy(): string | undefined {
    return this.findings[0]?.remedy
  }
}

/** Throws one fault with all findings where an error is among them. */
export function refuseErrors(findings: readonly Finding[]): void {
  if (findings.some((finding) => finding.severity === 'error')) throw Fault.of(findings)
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
