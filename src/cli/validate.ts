import { type Command, InvalidArgumentError } from 'commander'
import type { Finding } from '../lib/fault.ts'
import { type ValidateRequest, type Validation, validate } from '../operations/validate/validate.ts'
import type { CommandContext } from './command-context.ts'
import { withConnection } from './connection.ts'
import { type PlanningFlags, planningFrom, withPlanning } from './planning-flags.ts'
import { findingsTable } from './screen/findings-table.ts'
import { count, counted } from './screen/words.ts'
import { jobsFrom, type WorkFlags, withSpeech, withWork } from './work-flags.ts'
import { writeWhole } from './write-whole.ts'

interface ValidateFlags extends PlanningFlags, WorkFlags {
  readonly sample: ValidateRequest['sample']
  readonly writeBaseline?: string
}

export function addValidate(program: Command, context: CommandContext): void {
  const command = withPlanning(
    program
      .command('validate')
      .summary('tell what a dump with these dictionaries would do wrong, without making it')
      .description(DESCRIPTION),
  )
    .optionsGroup('What to look at:')
    .option('--sample <rows>', 'rows of each table to try the rules on: a number, all, or none', sample, 1000)
    .option(
      '--write-baseline <file>',
      'write all columns that are copied as they are into a non-sensitive dictionary, the list of known columns',
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: ValidateFlags) => runValidate(flags, context))
  withConnection(withSpeech(withWork(command)))
}

const DESCRIPTION = `Reads the dictionaries against the live source, changes nothing and makes nothing. It tells of rules that match
nothing or that PostgreSQL does not take, of values that NOT NULL, UNIQUE, CHECK, foreign keys or the column's length
will not have, of keys that are not masked alike, of values that come out as they were, and of columns that no
dictionary knows. Findings name table, column and place, and never a value. Exit code 3 if there are errors.`

const EXAMPLES = `
Examples:
  pgveil validate --db-name shop --prepared-sens-dict-file masks.py
  pgveil validate --db-name shop --prepared-sens-dict-file masks.py --sample all
  pgveil validate --db-name shop --prepared-sens-dict-file masks.py --write-baseline known.json
  pgveil validate --db-name shop --prepared-sens-dict-file masks.py --prepared-no-sens-dict-file known.json --unknown-columns fail

With --sample all, what it passes can be restored. The last two catch a migration that adds a column.`

export async function runValidate(flags: ValidateFlags, context: CommandContext): Promise<void> {
  const request = { ...(await planningFrom(flags)), sample: flags.sample, jobs: jobsFrom(flags) }
  const validation = await validate(context.operation(), request)
  if (flags.writeBaseline !== undefined && validation.baseline !== undefined) {
    await writeWhole(flags.writeBaseline, validation.baseline)
    context.screen.say(`Wrote the columns that are copied as they are to ${flags.writeBaseline}.`)
  }
  const { findings, tables, maskedColumns } = validation
  const errors = findings.filter(isError).length
  const warnings = findings.length - errors
  context.screen.result(
    { findings, errors, warnings, tables, maskedColumns },
    describe(validation, errors, warnings),
  )
  if (errors > 0) context.endAs('refused')
}

function isError(finding: Finding): boolean {
  return finding.severity === 'error'
}

function describe({ findings, tables, maskedColumns }: Validation, errors: number, warnings: number): string {
  const found = `${count(errors)} errors, ${count(warnings)} warnings`
  const looked = `${counted(tables, 'table')}, ${counted(maskedColumns, 'column')} masked`
  return `${findingsTable(findings)}${found} (${looked}).`
}

function sample(text: string): ValidateRequest['sample'] {
  if (text === 'all' || text === 'none') return text
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('It must be a number from 1, all, or none.')
  return Number(text)
}
