import type { FaultWords } from '../../http/errors.ts'
import { describeFault } from '../../jobs/describe-fault.ts'
import { type FaultCode, type FaultKind, KIND_BY_CODE } from '../../lib/fault-codes.ts'

/** The codes that the original gives, where a fault is of their kind. */
const ERROR_CODES: Readonly<Partial<Record<FaultCode, string>>> = {
  'dictionaries-missing': 'NO_DICT_FILES',
  'dictionary-unreadable': 'INVALID_DICT_FILE',
  'dictionary-syntax': 'INVALID_DICT_FILE',
  'dictionary-shape': 'INVALID_DICT_FILE',
  'meta-dictionary': 'INVALID_META_DICT',
  'expression-syntax': 'INVALID_DICT_FILE',
  'expression-rejected': 'INVALID_DICT_FILE',
  'table-missing': 'TABLE_NOT_FOUND',
  'table-left-out': 'TABLE_EXCLUDED',
  'limit-invalid': 'INVALID_LIMIT',
  'offset-invalid': 'INVALID_OFFSET',
  'connection-options': 'DB_CONNECTION_FAILED',
  'connection-failed': 'DB_CONNECTION_FAILED',
  'connection-lost': 'DB_CONNECTION_FAILED',
  'query-failed': 'DB_QUERY_FAILED',
  'privilege-missing': 'DB_QUERY_FAILED',
  'config-invalid': 'INVALID_CONFIG',
  'path-refused': 'INVALID_PATH',
  'program-refused': 'PG_TOOLS_NOT_FOUND',
  'program-missing': 'PG_TOOLS_NOT_FOUND',
  'program-version': 'PG_TOOLS_NOT_FOUND',
  'init-failed': 'SCHEMA_NOT_INITIALIZED',
  'output-not-empty': 'OUTPUT_DIR_NOT_EMPTY',
  'copy-failed': 'DUMP_FAILED',
  'structure-failed': 'DUMP_FAILED',
  'archive-missing': 'INPUT_DIR_NOT_FOUND',
  'archive-unfinished': 'RESTORE_FAILED',
  'archive-damaged': 'RESTORE_FAILED',
  'archive-format': 'RESTORE_FAILED',
  'archive-content': 'RESTORE_FAILED',
  'restore-failed': 'RESTORE_FAILED',
  'target-not-empty': 'DB_NOT_EMPTY',
  'target-extra-tables': 'TARGET_HAS_EXTRA_TABLES',
  'target-version': 'VERSION_INCOMPATIBLE',
  'disk-space': 'INSUFFICIENT_DISK_SPACE',
  'nothing-to-restore': 'NO_TABLES_FOR_RESTORE',
  'address-refused': 'ADDRESS_REFUSED',
  internal: 'INTERNAL_ERROR',
}

const BY_KIND: Readonly<Record<FaultKind, string>> = {
  usage: 'VALIDATION_FAILED',
  refused: 'VALIDATION_FAILED',
  failed: 'OPERATION_FAILED',
  interrupted: 'OPERATION_FAILED',
}

/** The documented API's code for a fault; a record of a run may hold codes of another version. */
export function errorCodeOf(code: string): string {
  const known = code in KIND_BY_CODE ? (code as FaultCode) : 'internal'
  return ERROR_CODES[known] ?? BY_KIND[KIND_BY_CODE[known]]
}

const STATUSES: Readonly<Partial<Record<FaultCode, 404 | 409 | 503>>> = {
  'run-unknown': 404,
  'run-settled': 409,
  'archive-busy': 409,
  'queue-full': 503,
  interrupted: 503,
}

export const anonymizationWords: FaultWords = {
  status: ({ code }) => STATUSES[code] ?? 400,
  errorCode: errorCodeOf,
  message: (fault) => describeFault(fault).message,
}
