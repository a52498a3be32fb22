import { Fault } from '../../lib/fault.ts'
import {
  SECRET_FIELDS as DESTINATION_SECRETS,
  parseDestinationConfig,
} from '../../storage/destinations/config.ts'
import { SECRET_FIELDS as CHANNEL_SECRETS } from '../notifications/channel.ts'
import { parseChannelConfig } from '../notifications/channels.ts'
import type { JsonObject } from '../run.ts'
import { readSourceConfig, SOURCE_SECRETS } from './source-config.ts'

export const ADAPTER_TYPES = ['database', 'storage', 'notification'] as const
export type AdapterType = (typeof ADAPTER_TYPES)[number]

interface AdapterKind {
  readonly type: AdapterType
  /** Throws `adapter-config`. */
  readonly check: (config: JsonObject) => void
  /** Fields that are shown to nobody who may not write them. */
  readonly secrets: readonly string[]
}

const KINDS: Readonly<Record<string, AdapterKind>> = {
  postgres: { type: 'database', check: (config) => void readSourceConfig(config), secrets: SOURCE_SECRETS },
  ...Object.fromEntries(['local-fs', 's3', 'sftp'].map((id) => [id, storageKind(id)])),
  ...Object.fromEntries(['email', 'discord', 'webhook'].map((id) => [id, channelKind(id)])),
}

function storageKind(id: string): AdapterKind {
  return {
    type: 'storage',
    check: (config) => void parseDestinationConfig(id, config),
    secrets: DESTINATION_SECRETS[id as keyof typeof DESTINATION_SECRETS],
  }
}

function channelKind(id: string): AdapterKind {
  return {
    type: 'notification',
    check: (config) => void parseChannelConfig(id, config),
    secrets: CHANNEL_SECRETS[id as keyof typeof CHANNEL_SECRETS],
  }
}

/** What the document names and pgveil does not do. */
const NOT_BUILT = new Set(['mysql', 'mongodb', 'mssql', 'google-drive', 'onedrive', 'dropbox'])

/** Throws `adapter-config` for an id that is unknown, or not supported. */
export function adapterKind(adapterId: string): AdapterKind {
  const kind = Object.hasOwn(KINDS, adapterId) ? KINDS[adapterId] : undefined
  if (kind) return kind
  throw new Fault(
    'adapter-config',
    NOT_BUILT.has(adapterId)
      ? `The adapter "${adapterId}" is not supported.`
      : `There is no adapter ${JSON.stringify(adapterId.slice(0, 100))}.`,
    { remedy: `These are: ${Object.keys(KINDS).join(', ')}.` },
  )
}
