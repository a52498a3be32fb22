import { isDeepStrictEqual } from 'node:util'
import type { Context } from 'hono'
import { lacks } from '../../http/authentication.ts'
import type { AppVariables } from '../../http/environment.ts'
import { type AdapterType, adapterKind } from '../../jobs/definitions/adapter-kinds.ts'
import {
  type Adapter,
  findAdapter,
  HIDDEN,
  hiddenConfig,
  noteServer,
} from '../../jobs/definitions/adapters.ts'
import { readSourceConfig } from '../../jobs/definitions/source-config.ts'
import { parseChannelConfig } from '../../jobs/notifications/channels.ts'
import { testChannel } from '../../jobs/notifications/test-channel.ts'
import { plainTarget } from '../../jobs/plain-target.ts'
import type { JsonObject } from '../../jobs/run.ts'
import { asFault, Fault } from '../../lib/fault.ts'
import { orAborted } from '../../lib/or-aborted.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import { parseDestinationConfig } from '../../storage/destinations/config.ts'
import { may, permissionFor } from './access.ts'
import type { BackupContext } from './context.ts'
import { tryDestination } from './destinations.ts'
import { refuseHosts } from './hosts.ts'

/** How long one question to a server may take. */
const LONGEST_MILLISECONDS = 30_000

/** What a request wants to connect with. */
export interface Tested {
  readonly adapterId: string
  readonly type: AdapterType
  readonly config: JsonObject
  /** The adapter that has this configuration. */
  readonly kept: Adapter | undefined
}

interface TestBody {
  readonly adapterId: string
  readonly config: JsonObject
  readonly configId?: string | null | undefined
}

/** The refusal of a caller that may not read adapters of this kind; throws `adapter-config` where there is none such. */
export function lacksForAdapter(c: Context<AppVariables>, adapterId: string): Response | undefined {
  return lacks(c, permissionFor(adapterKind(adapterId).type, 'read'))
}

/**
 * What to connect with: the configuration of the request, or, where its secrets are hidden, that of the adapter it names.
 * Who may not write that adapter gets its secrets only to where they belong: else a password could be sent anywhere.
 * Throws `adapter-config`, `adapter-unknown`, `address-refused`.
 */
export async function readTested(
  c: Context<AppVariables>,
  context: BackupContext,
  body: TestBody,
): Promise<Tested> {
  const { adapterId } = body
  const { type } = adapterKind(adapterId)
  const named = body.configId ? await findAdapter(context, body.configId, type) : undefined
  if (named && named.adapterId !== adapterId) {
    throw new Fault('adapter-config', `The adapter of this id is no ${adapterId}.`, {
      place: { field: 'configId' },
    })
  }
  const config = named ? withSecrets(body.config, named, may(c, permissionFor(type, 'write'))) : body.config
  await refuseHosts(context, adapterId, config)
  return {
    adapterId,
    type,
    config,
    kept: named && isSame(adapterId, config, named.config) ? named : undefined,
  }
}

/** A source may be written in several ways: `user` or `username`, a port as a text or left out. */
function isSame(adapterId: string, config: JsonObject, kept: JsonObject): boolean {
  if (adapterId !== 'postgres') return isDeepStrictEqual(config, kept)
  return isDeepStrictEqual(plainTarget(readSourceConfig(config)), plainTarget(readSourceConfig(kept)))
}

function withSecrets(config: JsonObject, adapter: Adapter, mayWrite: boolean): JsonObject {
  if (Object.keys(config).length === 0 || isDeepStrictEqual(config, hiddenConfig(adapter)))
    return adapter.config
  if (!mayWrite) return config
  const { secrets } = adapterKind(adapter.adapterId)
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      secrets.includes(name) && value === HIDDEN ? adapter.config[name] : value,
    ]),
  )
}

/** Connects, and gives what a database server says of its version. Throws why it could not. */
export async function connect(
  context: BackupContext,
  { adapterId, type, config, kept }: Tested,
  signal: AbortSignal,
): Promise<{ readonly version?: string }> {
  if (type === 'storage') {
    await tryDestination(context, parseDestinationConfig(adapterId, config), signal)
    return {}
  }
  if (type === 'notification') {
    const options = { hosts: context.webhookHosts, now: context.clock.now() }
    await testChannel(parseChannelConfig(adapterId, config), options)
    return {}
  }
  const identity = await identifyServer(readSourceConfig(config), signal)
  if (kept) await noteServer(context.state, kept.id, identity)
  return { version: identity.version }
}

/**
 * What came of a question to somebody else's server: that it could not be asked is an answer, too, with its reason. What
 * is wrong with the request itself, or inside pgveil, is thrown.
 */
export async function answerOf<Answer extends object>(
  context: BackupContext,
  request: Request,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<({ readonly success: true } & Answer) | { readonly success: false; readonly message: string }> {
  const timeout = AbortSignal.timeout(LONGEST_MILLISECONDS)
  try {
    // Not all that connects hears of a signal.
    const answer = await context.inTurn(() =>
      orAborted(ask(AbortSignal.any([request.signal, timeout])), timeout),
    )
    return { success: true, ...answer }
  } catch (error) {
    if (timeout.aborted) {
      return { success: false, message: `There was no answer within ${LONGEST_MILLISECONDS / 1000} seconds.` }
    }
    const fault = asFault(error)
    if (fault.kind !== 'failed' || fault.code === 'internal') throw error
    return { success: false, message: fault.message }
  }
}
