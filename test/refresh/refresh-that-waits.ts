import { manifestSchema } from '../../src/archive/manifest.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'
import { refresh } from '../../src/operations/refresh/refresh.ts'

/**
 * A refresh in a process of its own, which says where it is and, at the place that it is told, stands still until it is
 * killed. What it is to do comes as JSON on standard input.
 */
const { target, password, archive, manifest, pgRestore, stopAt } = await Bun.stdin.json()
await refresh(
  {
    signal: new AbortController().signal,
    log: silentLog,
    clock: systemClock,
    onProgress: ({ stage, done }) => {
      const place = stage === 'swap' ? `swap ${done}` : stage
      if (place !== stopAt) return
      process.stdout.write('there\n')
      // Nothing else of this process gets on either, as when it is stopped in the middle.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    },
  },
  {
    target: { ...target, password: new Secret(password) },
    manifest: manifestSchema.parse(manifest),
    open: () => Bun.file(archive).stream(),
    programs: { pgRestore, byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    jobs: 2,
    check: { dictionaries: [], knownColumns: [], followKeys: false, findings: 'fail' },
    connections: 'end',
    keepOld: true,
  },
)
