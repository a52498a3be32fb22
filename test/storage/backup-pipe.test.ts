import { expect, test } from 'bun:test'
import { join } from 'node:path'

/** Measured: 95 to 130 MB at the peak, and 3 to 30 MB more than after the first 100 MB, for 0.2 as for 10 GB. */
test('sealing and storing a backup holds a few segments, however large it is', async () => {
  const bench = join(import.meta.dir, '../../bench/backup-pipe.ts')
  const child = Bun.spawn([process.execPath, bench, '--gigabytes', '1', '--json'], { stdin: 'ignore' })
  const figures = JSON.parse(await new Response(child.stdout).text())
  expect(await child.exited).toBe(0)
  expect(figures.storedBytes).toBeGreaterThan(1e9)
  expect(figures.peakMegabytes).toBeLessThan(250)
  expect(figures.peakMegabytes - figures.peakMegabytesBefore).toBeLessThan(100)
})
