import { type Command, InvalidArgumentError } from 'commander'
import { type RowsView, viewData } from '../operations/view-data.ts'
import { type FieldViews, viewFields } from '../operations/view-fields.ts'
import type { CommandContext } from './command-context.ts'
import { withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { screenWidth, table } from './screen/table.ts'
import { count } from './screen/words.ts'
import { readDictionaries, wholeNumber, withSpeech } from './work-flags.ts'

/** What stands for a rule that is not there; pg_anon's. */
const NOTHING = '---'

interface ViewFieldsFlags extends PlanningFlags {
  readonly schemaName?: string
  readonly schemaMask?: string
  readonly tableName?: string
  readonly tableMask?: string
  readonly viewOnlySensitiveFields?: boolean
  readonly fieldsCount: number
  readonly ormDictFile?: string
}

export function addViewFields(program: Command, context: CommandContext): void {
  const command = withPlanning(
    program
      .command('view-fields')
      .summary('list the fields of a database with the rules that mask them')
      .description(
        'Lists every field of the tables that a dump takes, with its type, the dictionary and the rule that masks it.',
      ),
    'optional',
  )
    .optionsGroup('Which fields:')
    .option('--schema-name <name>', 'fields of this schema')
    .option('--schema-mask <regex>', 'fields of schemas that match')
    .option('--table-name <name>', 'fields of this table')
    .option('--table-mask <regex>', 'fields of tables that match')
    .option('--view-only-sensitive-fields', 'only fields that a rule masks')
    .option('--fields-count <number>', 'how many fields to list at most', wholeNumber, 5000)
    .option(
      '--orm-dict-file <file>',
      'ORM dictionary: shows tables and fields by the names of an application',
    )
    .addHelpText('after', FIELDS_EXAMPLES)
    .action((flags: ViewFieldsFlags) => runViewFields(flags, context))
  withConnection(withSpeech(command))
}

const FIELDS_EXAMPLES = `
Examples:
  pgveil view-fields --db-name shop --prepared-sens-dict-file masks.py
  pgveil view-fields --db-name shop --prepared-sens-dict-file masks.py --schema-name public --table-mask ^order
  pgveil view-fields --db-name shop --prepared-sens-dict-file masks.py --view-only-sensitive-fields --json`

async function runViewFields(flags: ViewFieldsFlags, context: CommandContext): Promise<void> {
  const [ormNames] = await readDictionaries(flags.ormDictFile === undefined ? [] : [flags.ormDictFile])
  const views = await viewFields(context.operation(), {
    ...(await planningFrom(flags)),
    schema: { name: flags.schemaName, mask: flags.schemaMask },
    table: { name: flags.tableName, mask: flags.tableMask },
    onlySensitive: flags.viewOnlySensitiveFields ?? false,
    limit: flags.fieldsCount,
    ormNames,
  })
  for (const warning of views.warnings) context.screen.warn(warning)
  if (views.total > views.fields.length) {
    context.screen.say(
      `Only the first ${count(views.fields.length)} of ${count(views.total)} fields are shown: narrow them by --schema-name, --table-name and their masks, or raise --fields-count.`,
    )
  }
  context.screen.result(fieldObjects(views), fieldTable(views))
}

function fieldObjects({ fields }: FieldViews): Record<string, string>[] {
  return fields.map(({ dictionary, rule, ...field }) => ({
    ...field,
    dict_file_name: dictionary ?? NOTHING,
    rule: rule ?? NOTHING,
  }))
}

function fieldTable(views: FieldViews): string {
  const head = ['schema', 'table', 'field', 'type', 'dict_file_name', 'rule']
  const rows = fieldObjects(views).map((field) => head.map((key) => field[key] ?? ''))
  return table(head, rows, screenWidth())
}

interface ViewDataFlags extends PlanningFlags {
  readonly schemaName: string
  readonly tableName: string
  readonly limit: number
  readonly offset: number
}

export function addViewData(program: Command, context: CommandContext): void {
  const command = withPlanning(
    program
      .command('view-data')
      .summary('show rows of a table before and after masking, side by side')
      .description(
        'Shows rows of a table as they are and as a dump would give them. The rows before masking are real data.',
      ),
    'optional',
  )
    .optionsGroup('Which rows:')
    .requiredOption('--schema-name <name>', 'schema')
    .requiredOption('--table-name <name>', 'table')
    .option('--limit <number>', 'rows to show', wholeNumber, 100)
    .option('--offset <number>', 'rows to pass over before them', rowsToSkip, 0)
    .addHelpText('after', DATA_EXAMPLES)
    .action((flags: ViewDataFlags) => runViewData(flags, context))
  withConnection(withSpeech(command))
}

const DATA_EXAMPLES = `
Example:
  pgveil view-data --db-name shop --prepared-sens-dict-file masks.py --schema-name public --table-name users --limit 10`

async function runViewData(flags: ViewDataFlags, context: CommandContext): Promise<void> {
  const view = await viewData(context.operation(), {
    ...(await planningFrom(flags)),
    schema: flags.schemaName,
    table: flags.tableName,
    limit: flags.limit,
    offset: flags.offset,
  })
  for (const warning of view.warnings) context.screen.warn(warning)
  if (view.before) context.screen.say('This shows real data: the values before masking.')
  context.screen.result(
    {
      schema_name: view.schema,
      table_name: view.table,
      field_names: fieldNames(view),
      total_rows_count: Number(view.totalRows),
      rows_before: view.before ?? null,
      rows_after: view.after,
    },
    dataTable(view),
  )
}

/** Masked fields are marked as pg_anon marks them. */
function fieldNames({ fields, masked }: RowsView): string[] {
  return fields.map((name) => (masked.includes(name) ? `* ${name}` : name))
}

/** Fields down, rows across: each row is a block of its fields before and after. */
function dataTable(view: RowsView): string {
  const rows = view.after.flatMap((after, at) => [
    [`row ${at + 1}`, '', ''],
    ...fieldNames(view).map((name, field) => [
      `  ${name}`,
      view.before ? shown(view.before[at]?.[field]) : '',
      shown(after[field]),
    ]),
  ])
  const total = `${count(Number(view.totalRows))} rows in all.`
  if (rows.length === 0) return `No rows to show; ${total}`
  return `${table(['field', 'before', 'after'], rows, screenWidth())}\n\n${total}`
}

function shown(value: string | null | undefined): string {
  return value ?? 'NULL'
}

function rowsToSkip(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.')
  return Number(text)
}
