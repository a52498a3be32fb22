import { expect, test } from 'bun:test'
import { join } from 'node:path'

/** Measured: 91 MB at the peak with 0.2 GB and 100 MB with 10 GB, 2 and 17 MB more than after the first 100 MB. */
test('sealing and storing a backup holds a few segments, however large it is', async () => {
  const bench = join(import.meta.dir, '../../bench/backup-pipe.ts')
  const child = Bun.spawn([process.execPath, bench, '--gigabytes', '1', '--json'], { stdin: 'ignore' })
  const figures = JSON.parse(await new Response(child.stdout).text())
  expect(await child.exited).toBe(0)
  expect(figures.storedBytes).toBeGreaterThan(1e9)
  expect(figures.peakMegabytes).toBeLessThan(250)
  expect(figures.peakMegabytes - figures.peakMegabytesBefore).toBeLessThan(100)
})
