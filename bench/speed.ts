import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { init } from '../src/operations/init.ts'
import type { Target } from '../src/postgres/connection/target.ts'
import { chooseProgram } from '../src/postgres/programs.ts'
import { ThrowawayCluster } from '../src/postgres/throwaway-cluster.ts'
import { gzipLibrary } from '../src/storage/compression/gzip.ts'
import { build, SCENARIOS, type Scenario } from './data.ts'
import {
  BINARY,
  context,
  createDatabase,
  dropDatabase,
  environment,
  hasManyFiles,
  postmasterOf,
  putAside,
  run,
} from './ground.ts'
import { type Contender, type Measured, measure, median, medianRatio } from './measure.ts'
import { measureMemory } from './memory.ts'

/**
 * Measures dump and restore beside PostgreSQL's own, on a server and data of its own. `--small` is for a check that all
 * of it works; its figures mean nothing. Other programs join by the environment: BENCH_PG_ANON, BENCH_GREENMASK and so on
 * hold a command line each, run by sh with the connection in PG* and an empty folder in BENCH_OUTPUT. `--memory` measures
 * nothing but the peak memory of a dump of 1 and of 50 million rows.
 */
const { values: options } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'string' },
    memory: { type: 'boolean', default: false },
  },
})

const SCALE = options.small ? 0.002 : 1
const ROUNDS = options.small ? 1 : Number(options.rounds)
const JOBS = 2

interface Table {
  readonly scenario: string
  readonly work: 'dump' | 'restore' | 'scan'
  readonly measured: readonly Measured[]
}

const folder = await mkdtemp(join(tmpdir(), 'pgveil-bench-'))
const cluster = await ThrowawayCluster.start({
  signal: context.signal,
  settings: {
    shared_buffers: '1GB',
    max_wal_size: '8GB',
    max_connections: '40',
    checkpoint_timeout: '1h',
    // It begins when it likes, in the round of one contender and not of the other.
    autovacuum: 'off',
  },
})
const postmaster = await postmasterOf(cluster)
const tables: Table[] = []
try {
  if (options.memory) await measureMemory(cluster, folder, SCALE)
  for (const [at, scenario] of SCENARIOS.entries()) {
    if (options.memory || (options.only && scenario.name !== options.only)) continue
    const source = await createDatabase(cluster, `bench_${at}`)
    process.stderr.write(`building: ${scenario.name}\n`)
    await build(source, scenario, SCALE)
    await init(context, source)
    const measured = [
      ...(scenario.dictionary ? await measureCopies(scenario, source) : []),
      ...(scenario.scan ? [await measureScan(scenario, source)] : []),
    ]
    for (const table of measured) process.stdout.write(`${describe(table)}\n`)
    tables.push(...measured)
    await dropDatabase(cluster, source.database)
    await rm(join(folder, 'spent'), { recursive: true, force: true })
  }
  if (options.json) await Bun.write(options.json, `${JSON.stringify(report(), null, 2)}\n`)
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measureCopies(scenario: Scenario, source: Target): Promise<Table[]> {
  const masks = join(folder, 'masks.json')
  await Bun.write(masks, JSON.stringify(scenario.dictionary))
  const env = environment(source)
  const pgDump = (await chooseProgram('pg_dump', cluster.server.major, process.env)).path
  const output = join(folder, 'out')
  const clear = () => putAside(output, join(folder, 'spent'))
  const plain = (name: string, ...more: string[]): Contender => ({
    name,
    command: [pgDump, '-Fd', `-j${JOBS}`, '-f', output, ...more],
    env,
    prepare: clear,
  })
  const flags = (file: string) => [
    '--prepared-sens-dict-file',
    file,
    '--db-connections-per-process',
    String(JOBS),
  ]
  const masking = (name: string, file: string): Contender => ({
    name,
    command: [BINARY, 'dump', ...flags(file), '--output-dir', output],
    env,
    prepare: clear,
  })
  const otherMasks = join(folder, 'other-masks.json')
  if (scenario.other) await Bun.write(otherMasks, JSON.stringify(scenario.other.dictionary))
  const dumps: Contender[] = [
    plain('pg_dump'),
    plain('pg_dump -Z1', '-Z1'),
    masking('pgveil dump', masks),
    ...(scenario.other ? [masking(`pgveil dump, ${scenario.other.name}`, otherMasks)] : []),
    { name: 'masked COPYs to /dev/null', command: ['sh', '-c', await floorScript(masks, env)], env },
    ...others(output, env, clear),
  ]
  process.stderr.write(`measuring: ${scenario.name}, dump\n`)
  const dumped = await measure(dumps, ROUNDS, postmaster)

  const archive = join(folder, 'archive')
  await run([BINARY, 'dump', ...flags(masks), '--output-dir', archive], env)
  const targets: Target[] = []
  const drop = async () => {
    for (const { database } of targets.splice(0)) await dropDatabase(cluster, database)
  }
  const fresh = async () => {
    // What is kept has the next one take memory that nobody touched before, which is half again as slow.
    if (!(await hasManyFiles(archive))) await drop()
    targets.push(await createDatabase(cluster, `bench_target_${targets.length}`))
  }
  const intoFresh = () => environment(targets.at(-1) as Target)
  const pgRestore = (await chooseProgram('pg_restore', cluster.server.major, process.env)).path
  process.stderr.write(`measuring: ${scenario.name}, restore\n`)
  const restored = await measure(
    [
      {
        name: 'pg_restore',
        command: ['sh', '-c', 'exec "$0" "$@" -d "$PGDATABASE"', pgRestore, `-j${JOBS}`, archive],
        env: intoFresh,
        prepare: fresh,
      },
      {
        name: 'pgveil restore',
        command: [BINARY, 'restore', '--input-dir', archive, '--db-connections-per-process', String(JOBS)],
        env: intoFresh,
        prepare: fresh,
      },
    ],
    ROUNDS,
    postmaster,
  )
  await drop()
  await rm(archive, { recursive: true })
  return [
    { scenario: scenario.name, work: 'dump', measured: dumped },
    { scenario: scenario.name, work: 'restore', measured: restored },
  ]
}

/** Scans beside a plain dump, which reads every row once and is what other programs' times are known against. */
async function measureScan(scenario: Scenario, source: Target): Promise<Table> {
  const meta = join(folder, 'meta.json')
  await Bun.write(meta, JSON.stringify(scenario.scan))
  const env = environment(source)
  const output = join(folder, 'out')
  const clear = () => rm(output, { recursive: true, force: true })
  const pgDump = (await chooseProgram('pg_dump', cluster.server.major, process.env)).path
  const found = [
    '--output-sens-dict-file',
    join(folder, 's.json'),
    '--output-no-sens-dict-file',
    join(folder, 'n.json'),
  ]
  const scan = (name: string, ...flags: string[]): Contender => ({
    name,
    command: [BINARY, 'create-dict', ...found, '--db-connections-per-process', String(JOBS), ...flags],
    env,
  })
  process.stderr.write(`measuring: ${scenario.name}, scan\n`)
  const measured = await measure(
    [
      { name: 'pg_dump', command: [pgDump, '-Fd', `-j${JOBS}`, '-f', output], env, prepare: clear },
      scan('pgveil create-dict, partial', '--meta-dict-file', meta),
      scan('pgveil create-dict, full', '--meta-dict-file', meta, '--scan-mode', 'full'),
      scan('pgveil create-dict, built-in'),
    ],
    ROUNDS,
    postmaster,
  )
  return { scenario: scenario.name, work: 'scan', measured }
}

/** The COPYs of the dictionary alone, over two connections: what no dump of one connection a table can go below. */
async function floorScript(masks: string, env: Record<string, string>): Promise<string> {
  const script = await run([BINARY, 'compile', '--prepared-sens-dict-file', masks, '--verbose', 'error'], env)
  const copies = script.split(/;\n/).filter((statement) => /^COPY/m.test(statement))
  const lanes = Array.from({ length: JOBS }, (_, lane) => copies.filter((_, at) => at % JOBS === lane))
  const psql = (await chooseProgram('psql', cluster.server.major, process.env)).path
  const files = await Promise.all(
    lanes.map(async (statements, lane) => {
      const file = join(folder, `floor-${lane}.sql`)
      await Bun.write(file, statements.map((statement) => `${statement};\n`).join(''))
      return file
    }),
  )
  return `${files.map((file) => `${psql} -qX -f ${file} > /dev/null &`).join(' ')} wait`
}

function others(output: string, env: Record<string, string>, prepare: () => Promise<void>): Contender[] {
  return Object.entries(process.env)
    .filter(([name, command]) => name.startsWith('BENCH_') && command)
    .map(([name, command = '']) => ({
      name: name.slice('BENCH_'.length).toLowerCase(),
      command: ['sh', '-c', command],
      env: { ...env, BENCH_OUTPUT: output },
      prepare,
    }))
}

/** PostgreSQL's own programs are what the others are compared with. */
function describe({ scenario, work, measured }: Table): string {
  const references = measured.filter(({ name }) => /^pg_(dump|restore)\b/.test(name))
  const lines = measured.map(({ name, seconds, cpuSeconds, peakBytes }) => {
    const spread = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`
    const ratios = references.flatMap((reference) => [
      medianRatio(seconds, reference.seconds).toFixed(2),
      medianRatio(cpuSeconds, reference.cpuSeconds).toFixed(2),
    ])
    const peak = Math.round(peakBytes / 1024 / 1024)
    return row([
      name,
      median(seconds).toFixed(2),
      spread,
      median(cpuSeconds).toFixed(2),
      ...ratios,
      `${peak}`,
    ])
  })
  const compared = references.flatMap(({ name }) => [`of ${name}`, 'its CPU'])
  const rounds = measured[0]?.seconds.length
  const head = ['program', `seconds (median of ${rounds})`, 'least–most', 'CPU s', ...compared, 'peak MB']
  return [`\n### ${scenario}: ${work}\n`, row(head), row(head.map(() => '---')), ...lines].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function report() {
  return {
    machine: {
      cores: availableParallelism(),
      bun: Bun.version,
      postgres: cluster.server.version,
      gzip: gzipLibrary(),
    },
    scale: SCALE,
    jobs: JOBS,
    tables: tables.map((table) => ({
      ...table,
      measured: table.measured.map((entry) => ({ ...entry, median: median(entry.seconds) })),
    })),
  }
}
