import type { Secret } from '../../lib/secret.ts'
import type { Channel } from './channel.ts'
import { parseChannelConfig } from './channels.ts'
import { writeMailbox } from './mailbox.ts'

/** A channel with its secrets in plain text, for what is sealed: the config that it is read from. */
export interface PlainChannel {
  readonly adapterId: Channel['kind']
  readonly config: Readonly<Record<string, unknown>>
}

export function plainChannel({ kind, ...fields }: Channel): PlainChannel {
  return { adapterId: kind, config: CONFIGS[kind](fields as never) }
}

/** Another version may have written it, so that it is parsed like anything from outside. Throws `adapter-config`. */
export function channelOf({ adapterId, config }: PlainChannel): Channel {
  return parseChannelConfig(adapterId, config)
}

type Fields<Kind extends Channel['kind']> = Omit<Extract<Channel, { kind: Kind }>, 'kind'>

const CONFIGS: { readonly [Kind in Channel['kind']]: (channel: Fields<Kind>) => PlainChannel['config'] } = {
  email: ({ from, to, password, ...rest }) => ({
    ...rest,
    password: revealed(password),
    from: writeMailbox(from),
    to: to.map(writeMailbox),
  }),
  discord: ({ webhookUrl, ...rest }) => ({ ...rest, webhookUrl: webhookUrl.reveal() }),
  webhook: ({ url, headers, secret, ...rest }) => ({
    ...rest,
    url: url.reveal(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    secret: revealed(secret),
  }),
}

function revealed(secret: Secret | undefined): string | undefined {
  return secret?.reveal()
}
