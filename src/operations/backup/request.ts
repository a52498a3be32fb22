import type { DictionarySource } from '../../dictionary/source.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { DestinationConfig } from '../../storage/destinations/config.ts'
import type { Retention } from '../../storage/retention.ts'
import type { Compression } from '../../storage/sidecar.ts'
import type { PlanningRequest } from '../planning.ts'
import type { RefreshCheck, RefreshOptions } from '../refresh/request.ts'

/** A destination as it is reached. */
export interface DestinationPlace {
  readonly config: DestinationConfig
  /** Hosts that it may lie on. */
  readonly hosts: HostPolicy
}

/** A key of the vault, with what names it. */
export interface SealingKey {
  readonly profileId: string
  /** 32 bytes, hexadecimal. */
  readonly key: Secret
}

/** A server whose databases are replaced by what was copied. */
export interface RefreshTarget {
  /** For people. */
  readonly name: string
  readonly server: Target
  /** Names in the backup to names on the server; what is not named keeps its name. */
  readonly mapping: Readonly<Record<string, string>>
  readonly findings: RefreshCheck['findings']
  readonly connections: RefreshOptions['connections']
  /** System identifiers of clusters that nothing is restored into. */
  readonly neverInto: readonly string[]
}

/** What one run of a job is asked to do. */
export interface BackupRequest {
  readonly job: { readonly id: string; readonly name: string }
  readonly source: { readonly name: string; readonly server: Target }
  readonly databases: readonly string[]
  /** False: the rows are copied as they are. */
  readonly anonymize: boolean
  readonly dictionaries: readonly DictionarySource[]
  readonly knownColumns: readonly DictionarySource[]
  readonly onlyTables: readonly DictionarySource[]
  readonly withoutTables: readonly DictionarySource[]
  /** What becomes of columns that no dictionary knows. */
  readonly unknownColumns: PlanningRequest['unknownColumns']
  readonly salt: Secret | undefined
  readonly compression: Compression
  readonly sealing: SealingKey | undefined
  readonly destination: DestinationPlace
  /** Of the job in its destination; nobody else writes there. */
  readonly folder: string
  readonly retention: Retention
  /** That days, weeks, months and years are counted in. */
  readonly timeZone: string
  readonly targets: readonly RefreshTarget[]
}
