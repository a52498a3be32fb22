import type { Command } from 'commander'
import { init } from '../operations/init.ts'
import type { CommandContext } from './command-context.ts'
import { type ConnectionFlags, targetFrom, withConnection } from './connection.ts'
import { withSpeech } from './work-flags.ts'

export function addInit(program: Command, context: CommandContext): void {
  const command = program
    .command('init')
    .summary('install the function library (schema anon_funcs) into a database')
    .description(
      'Installs the functions that rules can call into the schema anon_funcs, or brings them up to date. It needs no\nextension and no superuser, only the right to create a schema, and it is done in one transaction.',
    )
    .addHelpText('after', '\nExample:\n  pgveil init --db-host localhost --db-name shop --db-user app')
  withConnection(withSpeech(command)).action(async (flags: ConnectionFlags) => {
    const target = targetFrom(flags)
    const { localesLeftOut } = await init(context.operation(), target)
    if (localesLeftOut.length > 0) {
      context.screen.say(
        `The encoding of the database cannot hold the word lists of: ${localesLeftOut.join(', ')}.`,
      )
    }
    context.screen.result(
      { schema: 'anon_funcs', database: target.database, localesLeftOut },
      `The functions are in the schema anon_funcs of ${target.database}.`,
    )
  })
}
