/** Who has to act on a fault. The edges translate it: exit codes on the command line, status codes over HTTP. */
export type FaultKind = 'usage' | 'refused' | 'failed' | 'interrupted'

/** Every code a fault can carry, with its kind. One table, so that the documentation and the edges read the same list. */
export const KIND_BY_CODE = {
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
  'nothing-to-restore': 'refused',
  'report-unreadable': 'refused',
  'regex-on-our-side': 'refused',
  'column-not-scanned': 'refused',
  'no-anonymization': 'refused',

  // The work could not be done.
  'connection-failed': 'failed',
  'connection-lost': 'failed',
  'query-failed': 'failed',
  'privilege-missing': 'failed',
  'lock-unavailable': 'failed',
  'program-missing': 'failed',
  'program-version': 'failed',
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

export function kindOf(code: FaultCode): FaultKind {
  return KIND_BY_CODE[code]
}
