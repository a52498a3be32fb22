import type { Generated } from 'kysely'

/** The tables of the state file. Times are milliseconds since 1970; what is sealed is a BLOB of `seal.ts`. */
export interface Tables {
  readonly runs: RunsTable
  readonly deliveries: DeliveriesTable
  readonly api_keys: ApiKeysTable
  readonly server: ServerTable
}

export interface RunsTable {
  /** The order of arrival. */
  readonly number: Generated<number>
  readonly id: string
  /** Which documented API the run came by. */
  readonly surface: string
  readonly kind: string
  readonly state: string
  /** JSON: what was asked for, without secrets. */
  readonly options: string
  readonly keeps_dictionaries: number
  /** Of the run's record, relative to the folder of all runs. */
  readonly folder: string
  /** Where a dump writes its archive: an absolute path. */
  readonly archive: string | null
  /** Sealed: all that the work needs, passwords too. Erased when the run settles. */
  readonly task: Uint8Array | null
  /** Sealed: where to report to. Erased when the last report is through. */
  readonly webhook: Uint8Array | null
  /** JSON. */
  readonly progress: string | null
  /** JSON: figures of a success. */
  readonly result: string | null
  /** JSON: code and message of a failure. */
  readonly fault: string | null
  /** JSON: the process that does the work. */
  readonly worker: string | null
  readonly cancel_requested: Generated<number>
  /** Gone for all who ask; the row stays until its reports are through. */
  readonly deleted: Generated<number>
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
}

export interface DeliveriesTable {
  readonly id: Generated<number>
  readonly run_id: string
  /** The origin of the webhook's address. */
  readonly receiver: string
  /** Sealed. Erased once it is through, or given up. */
  readonly body: Uint8Array | null
  readonly attempts: number
  readonly due_at: number
  readonly done_at: number | null
  /** What came of the last attempt, for people. */
  readonly outcome: string | null
}

export interface ApiKeysTable {
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so that no slow hash is needed. */
  readonly hash: string
  /** JSON: a list. */
  readonly permissions: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly revoked_at: number | null
}

/** One row. */
export interface ServerTable {
  readonly id: number
  /** Sealed: nothing of worth. The key that opens it is the key of this file. */
  readonly key_check: Uint8Array | null
  /** When somebody last asked whether the file can be written. */
  readonly written_at: number
}
