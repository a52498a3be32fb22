import { Secret } from '../../lib/secret.ts'
import type { Context } from '../../operations/context.ts'
import { dump } from '../../operations/dump/dump.ts'
import { installLibraryIfCalled } from '../../operations/library.ts'
import { PLAIN_PLANNING, type PlanningRequest } from '../../operations/planning.ts'
import type { ProgramChoice } from '../../operations/program-choice.ts'
import { restore } from '../../operations/restore/restore.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { ArchiveFolder } from '../../storage/archive-folder.ts'
import { targetOf } from '../plain-target.ts'
import type { DumpTask, RestoreTask, Task } from '../task.ts'
import { inArchivePlace } from './archive-place.ts'
import { logWarnings } from './log-warnings.ts'
import type { TaskOutput } from './messages.ts'
import { performBackup, performStoredRestore } from './perform-backup.ts'
import { performScan } from './perform-scan.ts'

/** Does what a run is there for, in the worker's process. Throws the faults of the operation. */
export async function perform(context: Context, task: Task): Promise<TaskOutput> {
  switch (task.kind) {
    case 'dump':
      return inArchivePlace(task.within, task.outputFolder, (folder) => performDump(context, task, folder))
    case 'restore':
      return inArchivePlace(task.within, task.inputFolder, (folder) => performRestore(context, task, folder))
    case 'scan':
      return performScan(context, task, targetOf(task.source))
    case 'backup':
      return performBackup(context, task)
    case 'stored-restore':
      return performStoredRestore(context, task)
  }
}

async function performDump(context: Context, task: DumpTask, outputFolder: string): Promise<TaskOutput> {
  const source = targetOf(task.source)
  await installLibraryIfCalled(context, source, task.dictionaries)
  const { manifest, folder, warnings } = await dump(context, {
    ...planningOf(task, source),
    content: task.content,
    outputFolder,
    clearOutput: true,
    programs: programs({ pgDump: task.pgDump }),
    pgDumpOptions: task.pgDumpOptions,
    ignorePrivileges: task.ignorePrivileges,
    largeObjects: false,
    checkConstraints: true,
    jobs: task.jobs,
  })
  logWarnings(context, warnings)
  const tables = manifest.tables.filter(({ file }) => file !== null)
  return {
    figures: {
      tables: tables.length,
      rows: sum(tables.map(({ rows }) => rows)),
      masked_columns: sum(tables.map(({ masked }) => masked.length)),
      size: await ArchiveFolder.bytes(folder),
      archive: manifest.toc.sha256,
    },
    dictionaries: {},
  }
}

async function performRestore(context: Context, task: RestoreTask, inputFolder: string): Promise<TaskOutput> {
  const { tables, rows, warnings } = await restore(context, {
    target: targetOf(task.target),
    inputFolder,
    content: task.content,
    onlyTables: task.onlyTables,
    withoutTables: task.withoutTables,
    existing: task.existing,
    programs: programs({ pgRestore: task.pgRestore }),
    pgRestoreOptions: task.pgRestoreOptions,
    ignorePrivileges: task.ignorePrivileges,
    dropCustomChecks: task.dropCustomChecks,
    sequencesByMaxValue: false,
    disableChecks: false,
    jobs: task.jobs,
  })
  logWarnings(context, warnings)
  return { figures: { tables, rows }, dictionaries: {} }
}

function planningOf(task: DumpTask, source: Target): PlanningRequest {
  return {
    ...PLAIN_PLANNING,
    source,
    dictionaries: task.dictionaries,
    onlyTables: task.onlyTables,
    withoutTables: task.withoutTables,
    salt: task.salt === undefined ? undefined : new Secret(task.salt),
  }
}

function programs(choice: Pick<ProgramChoice, 'pgDump' | 'pgRestore'>): ProgramChoice {
  return { ...choice, byMajor: new Map() }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
