import type { Command } from 'commander'
import { answer } from '../jobs/questions/answer.ts'
import { ANSWER_COMMAND, type Reply } from '../jobs/questions/answering-process.ts'
import { faultOfWork } from '../lib/fault.ts'
import type { CommandContext } from './command-context.ts'
import { linesOfServer, tell, tellLine } from './standard-input.ts'
import { withSpeech } from './work-flags.ts'

/** The process that a server asks about databases and dictionaries: a question a line, an answer a line. */
export function addAnswer(program: Command, context: CommandContext): void {
  const command = program
    .command(ANSWER_COMMAND, { hidden: true })
    .description('Answers questions of a server.')
  withSpeech(command).action(async () => {
    const orphaned = new AbortController()
    const operation = context.operation()
    operation.signal.addEventListener('abort', () => orphaned.abort())
    const asked = { ...operation, signal: orphaned.signal, onProgress: () => {} }
    for await (const line of linesOfServer(orphaned)) {
      try {
        const { answer: found, unread } = await answer(asked, JSON.parse(line))
        await tell({ answer: found, unread: Object.keys(unread) } satisfies Reply)
        for (const part of Object.values(unread)) await tellLine(part)
      } catch (error) {
        const fault = faultOfWork(orphaned.signal, error)
        if (fault.code === 'internal')
          operation.log.error({ cause: (fault.cause as Error)?.stack }, fault.message)
        await tell({ findings: fault.findings } satisfies Reply)
      }
    }
  })
}
