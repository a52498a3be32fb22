import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { init } from '../src/operations/init.ts'
import type { Target } from '../src/postgres/connection/target.ts'
import { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'
import { build, SCENARIOS } from './data.ts'
import { BINARY, context, createDatabase, environment, postmasterOf, run } from './ground.ts'
import { type Contender, measure, median } from './measure.ts'

/**
 * What a job costs beside the bare dump: `pgveil job run` packs, seals, uploads to a folder, describes and reads back what
 * `pgveil dump` writes as a folder of files. Two tables of 4.5 million rows; `--small` is for a check that it works.
 */
const { values: options } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
})

const [scenario] = SCENARIOS

const folder = await mkdtemp(join(tmpdir(), 'pgveil-bench-'))
const cluster = await ThrowawayCluster.start({
  signal: context.signal,
  settings: { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '1h' },
})
try {
  if (!scenario) throw new Error('there is nothing to measure')
  const source = await createDatabase(cluster, 'bench')
  process.stderr.write(`building: ${scenario.name}\n`)
  await build(source, scenario, options.small ? 0.002 : 1)
  await init(context, source)
  const contenders = await contendersFor(source)
  const measured = await measure(
    contenders,
    options.small ? 1 : Number(options.rounds),
    await postmasterOf(cluster),
  )
  const [bare] = measured
  const rows = measured.map(({ name, seconds, cpuSeconds, peakBytes }) => ({
    name,
    seconds: median(seconds),
    spread: [Math.min(...seconds), Math.max(...seconds)],
    // Of the same round: what slows the machine down slows both.
    ratio: median(seconds.map((value, round) => value / (bare?.seconds[round] ?? Number.NaN))),
    /** Of the CPU of pgveil and of the server together, which others on the machine disturb less. */
    cpuRatio: median(cpuSeconds.map((value, round) => value / (bare?.cpuSeconds[round] ?? Number.NaN))),
    peakMegabytes: Math.round(peakBytes / 1024 / 1024),
  }))
  for (const { name, seconds, ratio, cpuRatio, peakMegabytes } of rows) {
    process.stdout.write(
      `${name.padEnd(44)} ${seconds.toFixed(2).padStart(7)} s  ${ratio.toFixed(2)}  CPU ${cpuRatio.toFixed(2)}  ${peakMegabytes} MB\n`,
    )
  }
  const report = { cores: availableParallelism(), server: cluster.server.version, rows }
  if (options.json) await Bun.write(options.json, `${JSON.stringify(report, null, 2)}\n`)
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}

async function contendersFor(source: Target): Promise<Contender[]> {
  const masks = join(folder, 'masks.json')
  await Bun.write(masks, JSON.stringify(scenario?.dictionary))
  const output = join(folder, 'out')
  const home = join(folder, 'home')
  const env = { ...environment(source), PGVEIL_HOME: home }
  const definitions = join(folder, 'jobs.yaml')
  await Bun.write(definitions, JSON.stringify(deployment(source)))
  await run([BINARY, 'apply', definitions], env)
  const job = (name: string): Contender => ({
    name: `pgveil job run, ${name}, sealed, to a folder`,
    command: [BINARY, 'job', 'run', name, '--json', '--verbose=error'],
    env,
  })
  return [
    {
      name: 'pgveil dump',
      command: [BINARY, 'dump', `--prepared-sens-dict-file=${masks}`, `--output-dir=${output}`],
      env,
      prepare: () => rm(output, { recursive: true, force: true }),
    },
    job('GZIP'),
    job('ZSTD'),
  ]
}

/** YAML takes JSON. */
function deployment({ host, port, user, password, database }: Target) {
  const config = { host, port, user, password: password?.reveal(), database }
  const job = {
    schedule: '0 2 * * *',
    source: 'source',
    destination: 'folder',
    dictionaries: ['masks'],
    encryptionProfile: 'vault',
    retention: { mode: 'SIMPLE', simple: { keepCount: 1 } },
  }
  return {
    sources: [{ name: 'source', adapterId: 'postgres', config }],
    destinations: [{ name: 'folder', adapterId: 'local-fs', config: { basePath: join(folder, 'backups') } }],
    encryptionProfiles: [{ name: 'vault' }],
    dictionaries: [{ name: 'masks', kind: 'sensitive', file: 'masks.json' }],
    jobs: ['GZIP', 'ZSTD'].map((compression) => ({ ...job, name: compression, compression })),
  }
}
