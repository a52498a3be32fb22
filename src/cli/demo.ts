import type { Command } from 'commander'
import { type Comparison, type DemoResult, demo, type KeptDemo } from '../operations/demo/demo.ts'
import type { CommandContext } from './command-context.ts'
import { fit, oneLine } from './screen/table.ts'
import { count } from './screen/words.ts'
import { withSpeech } from './work-flags.ts'

export function addDemo(program: Command, context: CommandContext): void {
  const command = program
    .command('demo')
    .summary('show and prove the whole way on a throw-away server with a sample shop')
    .description(
      `Starts a PostgreSQL server of its own, loads a sample shop, runs init, dump and restore, and proves that the copy is
complete and holds none of the originals. It needs PostgreSQL's server and client programs on this machine, touches
no other server, and removes everything it made. Exit code 1 if a proof fails.`,
    )
    .option('--keep', 'leave the server running and say how to connect')
  withSpeech(command).action(async (flags: { keep?: boolean }) => {
    const started = performance.now()
    const steps = { begun: started }
    await demo(context.operation(), {
      keep: flags.keep ?? false,
      onStep: (step) => context.screen.say(`[${seconds(steps.begun)}] ${step}`),
      onResult: (result, kept) => {
        const elapsed = (performance.now() - started) / 1000
        context.screen.result({ ...result, kept, seconds: elapsed }, describe(result, kept, elapsed))
      },
    })
  })
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1).padStart(4)} s`
}

function describe(result: DemoResult, kept: KeptDemo | undefined, elapsed: number): string {
  const rows = result.manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const proofs = result.proofs.map(
    ({ holds, claim, detail }) => `  ${holds ? 'yes' : 'NO '}  ${claim}: ${detail}`,
  )
  return [
    '',
    'Before and after (the people are made up):',
    ...sideBySide(result.comparisons),
    '',
    'Proofs:',
    ...proofs,
    '',
    `${count(rows)} rows through PostgreSQL ${result.server}, in ${elapsed.toFixed(1)} s in all.`,
    ...(kept ? ['', ...describeKept(kept)] : []),
  ].join('\n')
}

const WIDTH = 38

function sideBySide(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(({ table, column, before, after }) => {
    const name = `${table}.${column}`.padEnd(27)
    return `  ${name} ${fit(oneLine(before), WIDTH)}  ${fit(oneLine(after), WIDTH).trimEnd()}`
  })
}

function describeKept(kept: KeptDemo): string[] {
  return [
    'The server runs on:',
    `  source   psql ${kept.source}`,
    `  target   psql ${kept.target}`,
    `  archive  pg_restore -l ${kept.archive}`,
    `  stop it  kill ${kept.pid}`,
  ]
}
