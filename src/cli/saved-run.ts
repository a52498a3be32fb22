import type { DictionarySource } from '../dictionary/source.ts'
import { homePath } from '../store/home.ts'
import { RunFolder } from '../store/run-folder.ts'
import type { CommandContext } from './command-context.ts'

export interface RunToSave {
  readonly name: string
  readonly flags: { readonly saveDicts?: boolean; readonly internalOperationId?: string }
  /** By the name that the documented API gives each kind. */
  readonly dictionaries: Readonly<Record<string, readonly DictionarySource[]>>
}

/** Does the work and, with --save-dicts, keeps a record of it: options, dictionaries and how it ended. */
export async function withSavedRun<Result>(
  context: CommandContext,
  run: RunToSave,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!run.flags.saveDicts) return work()
  const started = new Date()
  const folder = await RunFolder.create(
    homePath(process.env),
    run.flags.internalOperationId ?? crypto.randomUUID(),
    started,
  )
  await folder.saveOptions({ mode: run.name, ...run.flags })
  await folder.saveInput(run.dictionaries)
  context.screen.say(`run: ${folder.path}`)
  try {
    const result = await work()
    await folder.saveStatus({ status: 'success', started, ended: new Date() })
    return result
  } catch (error) {
    await folder.saveStatus({ status: 'error', started, ended: new Date() })
    throw error
  }
}
