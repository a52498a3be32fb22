import { Fault } from '../../lib/fault.ts'
import type { Context } from '../../operations/context.ts'
import { installLibraryIfCalled } from '../../operations/library.ts'
import { LOCK_WAIT_MILLISECONDS } from '../../operations/planning.ts'
import { SCAN_DEFAULTS } from '../../operations/scan/request.ts'
import { scan } from '../../operations/scan/scan.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { ScanTask } from '../task.ts'
import { logWarnings } from './log-warnings.ts'
import type { TaskOutput } from './messages.ts'

/** Scans, and gives the dictionaries by the names of the documented API. */
export async function performScan(context: Context, task: ScanTask, source: Target): Promise<TaskOutput> {
  await installLibraryIfCalled(context, source, task.metaDictionaries)
  const request = {
    source,
    metaDictionaries: task.metaDictionaries,
    sensitive: task.sensitive,
    nonSensitive: task.nonSensitive,
    mode: task.mode,
    partialRows: task.partialRows,
    builtin: undefined,
    since: undefined,
    jobs: task.jobs,
    statementTimeout: SCAN_DEFAULTS.statementTimeout,
    lockWait: LOCK_WAIT_MILLISECONDS,
  }
  const { sensitive, nonSensitive, outcomes, warnings } = await scan(context, request).catch((error) => {
    throw withMetaCode(error, task)
  })
  logWarnings(context, warnings)
  const found = outcomes.filter(({ outcome }) => outcome.kind === 'sensitive')
  return {
    figures: { columns: outcomes.length, sensitive_columns: found.length },
    dictionaries: {
      output_sens_dict_file: { name: 'sens_dict.json', text: sensitive },
      ...(task.givesNonSensitive && {
        output_no_sens_dict_file: { name: 'no_sens_dict.json', text: nonSensitive },
      }),
    },
  }
}

/** The documented API tells apart which kind of dictionary cannot be read. */
function withMetaCode(error: unknown, { metaDictionaries }: ScanTask): unknown {
  if (!(error instanceof Fault) || !/^dictionary-/.test(error.code)) return error
  const isMeta = metaDictionaries.some(({ name }) => name === error.place?.file)
  return isMeta ? Fault.of(error.findings.map((finding) => ({ ...finding, code: 'meta-dictionary' }))) : error
}
