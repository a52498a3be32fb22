import type { Command } from 'commander'
import { describeFault } from '../jobs/describe-fault.ts'
import { taskSchema } from '../jobs/task.ts'
import { perform } from '../jobs/worker/perform.ts'
import { WORKER_COMMAND } from '../jobs/worker/worker-process.ts'
import { Fault, faultOfWork } from '../lib/fault.ts'
import type { Progress } from '../operations/context.ts'
import type { CommandContext } from './command-context.ts'
import { linesOfServer, tell } from './standard-input.ts'
import { withSpeech } from './work-flags.ts'

/** How often progress is told within a stage; a table's millions of rows tell it in every buffer. */
const PROGRESS_MILLISECONDS = 250

/**
 * The process that a server starts for each run: it reads the task from standard input and tells of it on standard
 * output, a JSON document a line. When standard input closes, the server is gone and the work ends.
 */
export function addWork(program: Command, context: CommandContext): void {
  const command = program.command(WORKER_COMMAND, { hidden: true }).description('Does one task of a server.')
  withSpeech(command).action(async () => {
    const orphaned = new AbortController()
    try {
      const operation = context.operation()
      operation.signal.addEventListener('abort', () => orphaned.abort())
      const task = taskSchema.parse(JSON.parse(await readTask(orphaned)))
      const onProgress = throttled((progress) => {
        operation.log.info(progress, 'progress')
        tell({ progress })
      })
      const output = await perform({ ...operation, signal: orphaned.signal, onProgress }, task)
      operation.log.info(output.figures, 'done')
      await tell({ output })
    } catch (error) {
      const fault = faultOfWork(orphaned.signal, error)
      const cause =
        fault.code === 'internal' ? String((fault.cause as Error)?.stack ?? fault.cause) : undefined
      context.screen.log.error({ code: fault.code, cause }, fault.message)
      await tell({ fault: describeFault(fault) })
    }
  })
}

async function readTask(orphaned: AbortController): Promise<string> {
  const { value } = await linesOfServer(orphaned).next()
  if (value === undefined) throw new Fault('interrupted', 'The server has no task.')
  return value
}

function throttled(onProgress: (progress: Progress) => void): (progress: Progress) => void {
  let told: { stage: string; at: number } | undefined
  return (progress) => {
    const now = performance.now()
    if (told?.stage === progress.stage && now - told.at < PROGRESS_MILLISECONDS) return
    told = { stage: progress.stage, at: now }
    onProgress(progress)
  }
}
