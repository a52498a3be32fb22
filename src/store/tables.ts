import type { Generated } from 'kysely'

/** The tables of the state file. Times are milliseconds since 1970; what is sealed is a BLOB of `seal.ts`. */
export interface Tables {
  readonly runs: RunsTable
  readonly deliveries: DeliveriesTable
  readonly api_keys: ApiKeysTable
  readonly server: ServerTable
  readonly adapters: AdaptersTable
  readonly jobs: JobsTable
  readonly encryption_profiles: EncryptionProfilesTable
  readonly dictionaries: DictionariesTable
  readonly health_checks: HealthChecksTable
  readonly storage_usage: StorageUsageTable
  readonly system_tasks: SystemTasksTable
  readonly download_links: DownloadLinksTable
  readonly audit_log: AuditLogTable
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
  /** The backup job that it belongs to; null where it belongs to none. */
  readonly job_id: Generated<string | null>
  /** What made a job's run begin: `schedule`, `api`, `command-line`. */
  readonly cause: Generated<string | null>
}

export interface DeliveriesTable {
  readonly id: Generated<number>
  readonly run_id: string
  /** The origin of the webhook's address; of a channel `origin#id`, so that no channel waits for another one. */
  readonly receiver: string
  /** Sealed. Erased once it is through, or given up. */
  readonly body: Uint8Array | null
  readonly attempts: number
  readonly due_at: number
  readonly done_at: number | null
  /** What came of the last attempt, for people. */
  readonly outcome: string | null
  /** Sealed: where it goes, where that is not the webhook of its run. Erased with the body. */
  readonly channel: Generated<Uint8Array | null>
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
  /** Switched off for a while, unlike revoked. */
  readonly enabled: Generated<number>
  readonly last_used_at: Generated<number | null>
}

/** One row. */
export interface ServerTable {
  readonly id: number
  /** Sealed: nothing of worth. The key that opens it is the key of this file. */
  readonly key_check: Uint8Array | null
  /** When somebody last asked whether the file can be written. */
  readonly written_at: number
}

/** Sources, destinations and notification channels. */
export interface AdaptersTable {
  readonly id: string
  readonly name: string
  /** `database`, `storage` or `notification`. */
  readonly type: string
  /** `postgres`; `local-fs`, `s3`, `sftp`; `email`, `discord`, `webhook`. */
  readonly adapter_id: string
  /** Sealed JSON. */
  readonly config: Uint8Array
  /** A source that nothing is ever restored into. */
  readonly production: number
  /** What the server said of itself at the last connection. */
  readonly version: string | null
  /** Of the source's cluster, by which it is known under whatever address. */
  readonly system_identifier: string | null
  /** Checks that failed one after the other; null before the first check. */
  readonly failures: number | null
  readonly created_at: number
  readonly updated_at: number
}

export interface JobsTable {
  readonly id: string
  readonly name: string
  /** Of its files in the destination; no two jobs share one. */
  readonly folder: string
  readonly enabled: number
  /** A cron expression. */
  readonly schedule: string
  /** A name of the IANA time zone database. */
  readonly time_zone: string
  /** `skip` or `run-once`. */
  readonly missed_runs: string
  /** All times of the schedule up to this one have been seen to. */
  readonly scheduled_until: number
  readonly source_id: string
  /** JSON: names. Empty: the database of the source. */
  readonly databases: string
  readonly anonymize: number
  /** `copy`, `fail` or `null`: what becomes of columns that no dictionary knows. */
  readonly unknown_columns: string
  /** JSON: ids. */
  readonly dictionary_ids: string
  readonly destination_id: string
  /** `NONE`, `GZIP` or `ZSTD`. */
  readonly compression: string
  readonly encryption_profile_id: string | null
  /** JSON of `storage/retention.ts`. */
  readonly retention: string
  /** JSON: ids. */
  readonly notification_ids: string
  /** JSON: names of events to lists of channels, or true. */
  readonly notification_events: string
  /** JSON: databases to refresh after each success. */
  readonly targets: string
  readonly created_at: number
  readonly updated_at: number
}

export interface EncryptionProfilesTable {
  readonly id: string
  readonly name: string
  readonly description: string | null
  /** `AES256_GCM_HKDF_1MB`. */
  readonly algorithm: string
  /** Sealed: 32 bytes, hexadecimal. */
  readonly key: Uint8Array
  readonly created_at: number
}

export interface DictionariesTable {
  readonly id: string
  readonly name: string
  /** `sensitive`, `non-sensitive`, `tables`, `tables-exclude`. */
  readonly kind: string
  readonly text: string
  readonly created_at: number
  readonly updated_at: number
}

export interface HealthChecksTable {
  readonly id: string
  readonly adapter_id: string
  /** `healthy`, `degraded`, `offline`. */
  readonly status: string
  /** Milliseconds. */
  readonly latency: number
  readonly error: string | null
  readonly created_at: number
}

/** What a destination held at a time. */
export interface StorageUsageTable {
  readonly id: Generated<number>
  readonly adapter_id: string
  /** Bytes. */
  readonly total_size: number
  readonly file_count: number
  readonly created_at: number
}

/** What an operator changed of the tasks that the server does for itself. */
export interface SystemTasksTable {
  readonly id: string
  readonly schedule: string
  readonly run_on_startup: number
  readonly enabled: number
}

export interface DownloadLinksTable {
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string
  readonly adapter_id: string
  readonly path: string
  readonly decrypt: number
  readonly expires_at: number
  readonly claimed_at: number | null
}

export interface AuditLogTable {
  readonly id: Generated<number>
  readonly at: number
  /** Id of the key, or `environment`, `anybody`, `command-line`; null where it was refused before that was known. */
  readonly caller: string | null
  readonly address: string | null
  readonly method: string
  readonly path: string
  readonly status: number
  /** JSON: which resource, what made it begin. */
  readonly details: string
}
