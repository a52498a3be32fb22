import { type Command, InvalidArgumentError } from 'commander'
import { dropInstalledViews } from '../operations/views/drop.ts'
import { installViews } from '../operations/views/install.ts'
import { type ViewsStatus, viewsStatus } from '../operations/views/status.ts'
import type { CommandContext } from './command-context.ts'
import { type ConnectionFlags, targetFrom, withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { screenWidth, table } from './screen/table.ts'
import { count } from './screen/words.ts'
import { withSpeech } from './work-flags.ts'

interface ViewsFlags extends PlanningFlags {
  readonly viewsSchema: string
  readonly role?: string[]
}

export function addViews(program: Command, context: CommandContext): void {
  const views = program
    .command('views')
    .summary('masked views on the live tables: install, status, drop')
    .description(DESCRIPTION)
    .addHelpText('after', EXAMPLES)
  addInstall(views, context)
  addStatus(views, context)
  addDrop(views, context)
}

const DESCRIPTION = `Masked access without a copy: one view for each table, in a schema of their own, that shows what a dump would give.
A role that is granted the views sees masked rows and cannot reach the tables; no extension is needed.`

const EXAMPLES = `
Examples:
  pgveil views install --db-name shop --prepared-sens-dict-file masks.py --role analyst
  pgveil views status  --db-name shop --prepared-sens-dict-file masks.py
  pgveil views drop    --db-name shop

Tables of the schema public keep their names, others have that of their schema before it: shop.orders is shop_orders.`

function addInstall(views: Command, context: CommandContext): void {
  const command = withPlanning(
    views
      .command('install')
      .summary('make the views what dictionaries and tables say, all or nothing')
      .description(
        'Makes the views that are missing or no longer match, drops those that have no table any more, and leaves the others\nas they are, in one transaction.',
      ),
  )
  withViewsSchema(command).option(
    '--role <names...>',
    'roles that may read the views; refused if they can reach the tables',
  )
  withConnection(withSpeech(command)).action(async (flags: ViewsFlags) => {
    const { warnings, ...result } = await installViews(context.operation(), {
      ...(await planningFrom(flags)),
      viewsSchema: flags.viewsSchema,
      roles: flags.role ?? [],
    })
    for (const warning of warnings) context.screen.warn(warning)
    const { made, kept, dropped, readers } = result
    const reading = readers.length > 0 ? `; read by ${readers.join(', ')}` : ''
    context.screen.result(
      { schema: flags.viewsSchema, ...result, warnings },
      `${flags.viewsSchema}: ${count(made.length)} made, ${count(kept.length)} as they were, ${count(dropped.length)} dropped${reading}.`,
    )
  })
}

function addStatus(views: Command, context: CommandContext): void {
  const command = withPlanning(
    views
      .command('status')
      .summary('say which views no longer match dictionary or tables')
      .description(
        'Compares the views with what dictionaries and tables make. Exit code 1 if one does not match.',
      ),
  )
  withConnection(withSpeech(withViewsSchema(command))).action(async (flags: ViewsFlags) => {
    const status = await viewsStatus(context.operation(), {
      ...(await planningFrom(flags)),
      viewsSchema: flags.viewsSchema,
    })
    for (const warning of status.warnings) context.screen.warn(warning)
    context.screen.result(status, describeStatus(status))
    if (!status.current) context.endAs('failed')
  })
}

function addDrop(views: Command, context: CommandContext): void {
  const command = views
    .command('drop')
    .summary('drop the views, their salt, and their schema where it is empty then')
    .description('Drops what views install has made, in one transaction, and nothing else.')
  withConnection(withSpeech(withViewsSchema(command))).action(
    async (flags: ConnectionFlags & { viewsSchema: string }) => {
      const dropped = await dropInstalledViews(context.operation(), targetFrom(flags), flags.viewsSchema)
      context.screen.result(
        { schema: flags.viewsSchema, dropped },
        `${flags.viewsSchema}: ${count(dropped.length)} views dropped.`,
      )
    },
  )
}

/** Says where the views are. */
export function withViewsSchema(command: Command): Command {
  return command
    .optionsGroup('Views:')
    .option('--views-schema <name>', 'schema of the views, and of nothing else', schemaName, 'anon_views')
}

function schemaName(text: string): string {
  if (
    text === '' ||
    text.startsWith('pg_') ||
    ['public', 'information_schema', 'anon_funcs'].includes(text)
  ) {
    throw new InvalidArgumentError('The views need a schema of their own.')
  }
  return text
}

function describeStatus({ views, current }: ViewsStatus): string {
  if (views.length === 0) return 'There are no views, and no tables for any.'
  const rows = views.map(({ view, table: source, state, readers }) => [
    view,
    source ? `${source.schema}.${source.name}` : '',
    state,
    readers.join(', '),
  ])
  const verdict = current ? 'All views match.' : 'Run pgveil views install to bring them up to date.'
  return `${table(['view', 'table', 'state', 'readers'], rows, screenWidth())}\n\n${verdict}`
}
