import { CommanderError } from 'commander'
import { type FaultKind, faultOfWork } from '../lib/fault.ts'
import { EXIT_CODES, EXIT_DONE } from './exit-code.ts'
import { createProgram } from './program.ts'
import { Screen } from './screen/screen.ts'

/** Runs one command line and gives its exit code: 0 done, 1 failed, 2 usage, 3 refused, 130 interrupted. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const screen = Screen.for(argv)
  const interrupt = new AbortController()
  const stop = stopOnSignals(interrupt, screen)
  try {
    let exitCode = EXIT_DONE
    const endAs = (kind: FaultKind) => {
      exitCode = EXIT_CODES[kind]
    }
    const program = await createProgram(argv, screen, interrupt.signal, endAs)
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_CODES.usage
    const fault = faultOfWork(interrupt.signal, error)
    screen.fault(fault)
    return EXIT_CODES[fault.kind]
  } finally {
    stop()
    await screen.close()
  }
}

/**
 * The first SIGINT or SIGTERM lets the operation clean up behind itself; a second one ends at once, and what is left
 * then is cleaned up by the next dump into the same folder.
 */
function stopOnSignals(interrupt: AbortController, screen: Screen): () => void {
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT_CODES.interrupted)
    screen.say('Stopping: ending what runs and removing what is unfinished (once more to end at once).')
    interrupt.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
