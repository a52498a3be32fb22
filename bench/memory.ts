import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'
import { build, NARROW_MASK, narrow } from './data.ts'
import { BINARY, createDatabase, dropDatabase, environment } from './ground.ts'
import { type Contender, watchMemory } from './measure.ts'

const MILLIONS = [1, 50]

/** Prints the peak memory of a dump of 1 and of 50 million rows and of its restore, which must be about the same. */
export async function measureMemory(cluster: ThrowawayCluster, folder: string, scale: number): Promise<void> {
  const masks = join(folder, 'masks.json')
  const archive = join(folder, 'out')
  await Bun.write(masks, JSON.stringify(NARROW_MASK))
  for (const millions of MILLIONS) {
    const source = await createDatabase(cluster, `memory_${millions}`)
    process.stderr.write(`building: ${millions} million rows\n`)
    const table = narrow(Math.round(millions * 1_000_000 * scale))
    await build(source, { setup: () => [table] }, scale)
    await print(millions, {
      name: 'dump',
      command: [BINARY, 'dump', '--prepared-sens-dict-file', masks, '--output-dir', archive],
      env: environment(source),
      prepare: () => rm(archive, { recursive: true, force: true }),
    })
    await dropDatabase(cluster, source.database)
    const target = await createDatabase(cluster, `memory_target_${millions}`)
    const restore = [BINARY, 'restore', '--input-dir', archive]
    await print(millions, { name: 'restore', command: restore, env: environment(target) })
    await dropDatabase(cluster, target.database)
  }
}

async function print(millions: number, contender: Contender): Promise<void> {
  const { seconds, peakBytes } = await watchMemory(contender)
  const peak = Math.round(peakBytes / 1024 / 1024)
  process.stdout.write(
    `${contender.name} of ${millions} million rows: ${peak} MB at most, ${seconds.toFixed(1)} s\n`,
  )
}
