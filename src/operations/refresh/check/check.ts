import type { Manifest } from '../../../archive/manifest.ts'
import type { Toc } from '../../../archive/toc/toc.ts'
import { type Finding, refuseErrors } from '../../../lib/fault.ts'
import type { Target } from '../../../postgres/connection/target.ts'
import type { Context } from '../../context.ts'
import { settleLanes } from '../../lane-count.ts'
import { LOCK_WAIT_MILLISECONDS } from '../../planning.ts'
import { withCatalog } from '../../with-catalog.ts'
import type { RefreshOptions } from '../request.ts'
import { checkForeignKeys, checkIndexes } from './foreign-keys.ts'
import { checkRows } from './rows.ts'
import { checkUnmasked } from './unmasked.ts'

/**
 * Looks at the copy before it takes the target's place. Throws one fault with all that is wrong: `refresh-rows`,
 * `refresh-foreign-keys`, `refresh-unmasked`, `restore-failed`. Gives what is worth a look.
 */
export async function checkCopy(
  context: Context,
  copy: Target,
  options: Pick<RefreshOptions, 'check' | 'jobs'>,
  { manifest, toc }: { readonly manifest: Manifest; readonly toc: Toc },
): Promise<Finding[]> {
  // What is done for the check says where it is in stages of its own.
  const quiet: Context = { ...context, onProgress: (said) => context.onProgress({ ...said, stage: 'check' }) }
  const lockWait = LOCK_WAIT_MILLISECONDS
  return withCatalog(quiet, copy, { locks: 'none', lockWait }, async (guarded, { snapshot, catalog }) => {
    const lanes = await settleLanes(snapshot.session, options.jobs)
    const questioning = { source: copy, server: catalog.server, snapshot, lanes, lockWait }
    const { check, jobs } = options
    const findings = [
      ...(await checkRows(guarded, questioning, { catalog, manifest, toc })),
      ...(await checkForeignKeys(snapshot.session, guarded.signal, catalog, toc)),
      ...(await checkIndexes(snapshot.session)),
    ]
    refuseErrors(findings)
    findings.push(...(await checkUnmasked(guarded, copy, { catalog, manifest, check, jobs, lockWait })))
    refuseErrors(findings)
    return findings
  })
}
