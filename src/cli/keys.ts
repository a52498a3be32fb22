import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ApiKey, createKey, listKeys, revokeKey } from '../http/api-key.ts'
import { PERMISSIONS, type Permission } from '../http/permission.ts'
import { homePath, openHome } from '../store/home.ts'
import { openState, type State } from '../store/state.ts'
import type { CommandContext } from './command-context.ts'
import { screenWidth, table } from './screen/table.ts'
import { withSpeech } from './work-flags.ts'

const DAY = 24 * 60 * 60 * 1000

interface CreateFlags {
  readonly name: string
  readonly permissions: Permission[]
  readonly days?: number
}

export function addKeys(program: Command, context: CommandContext): void {
  const keys = program
    .command('keys')
    .summary('keys of the REST API: create, list, revoke')
    .description(
      'Makes, lists and revokes the keys that a server asks for. The state keeps hashes of them; a running server knows at once.',
    )
    .addHelpText('after', EXAMPLES)
  addCreate(keys, context)
  addList(keys, context)
  addRevoke(keys, context)
}

const EXAMPLES = `
Examples:
  pgveil keys create --name nightly --permissions run read --days 90
  pgveil keys list
  pgveil keys revoke 0123456789ab

Clients send a key as: Authorization: Bearer <key>. It is shown once.`

function addCreate(keys: Command, context: CommandContext): void {
  const command = keys
    .command('create')
    .description('Makes a key and shows it, this once.')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(
      new Option('--permissions <permissions...>', 'what it may do')
        .choices([...PERMISSIONS])
        .default([...PERMISSIONS]),
    )
    .option('--days <number>', 'how long it holds (default: until it is revoked)', days)
  withSpeech(command).action((flags: CreateFlags) =>
    withState(async (state) => {
      const { clock } = context.operation()
      const now = clock.now()
      const expiresAt = flags.days === undefined ? null : new Date(now.getTime() + flags.days * DAY)
      const { id, text } = await createKey(state, { ...flags, expiresAt }, now)
      context.screen.result(
        { id, key: text, name: flags.name, permissions: flags.permissions, expiresAt },
        text,
      )
    }),
  )
}

function addList(keys: Command, context: CommandContext): void {
  withSpeech(keys.command('list').description('Lists the keys, without their secrets.')).action(() =>
    withState(async (state) => {
      const found = await listKeys(state)
      const rows = found.map((key) => [key.id, key.name, key.permissions.join(' '), stateOf(key)])
      context.screen.result(found, table(['id', 'name', 'permissions', 'state'], rows, screenWidth()))
    }),
  )
}

function stateOf({ revokedAt, enabled, expiresAt }: ApiKey): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`
  if (!enabled) return 'disabled'
  return expiresAt ? `until ${expiresAt.toISOString()}` : 'until revoked'
}

function addRevoke(keys: Command, context: CommandContext): void {
  const command = keys.command('revoke').description('Makes a key worthless.').argument('<id>', 'its id')
  withSpeech(command).action((id: string) =>
    withState(async (state) => {
      await revokeKey(state, id, context.operation().clock.now())
      context.screen.result({ id, revoked: true }, `The key ${id} is revoked.`)
    }),
  )
}

async function withState(work: (state: State) => Promise<void>): Promise<void> {
  const home = await openHome(homePath(process.env))
  const state = await openState(home.stateFile)
  try {
    await work(state)
  } finally {
    await state.destroy()
  }
}

function days(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
