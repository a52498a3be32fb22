import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'

/** One program that does a piece of work, and what it takes to do it again. */
export interface Contender {
  readonly name: string
  readonly command: readonly string[]
  /** A function where each round has its own, asked when its ground is ready. */
  readonly env: Record<string, string> | (() => Record<string, string>)
  /** Makes the ground ready; is not measured. */
  readonly prepare?: (() => Promise<void>) | undefined
}

export interface Measured {
  readonly name: string
  /** Seconds of each round. */
  readonly seconds: readonly number[]
  /** Seconds of CPU of each round, of the program with all below it and of the server. */
  readonly cpuSeconds: readonly number[]
  /** The largest proportional set size of the process and all below it, in bytes. */
  readonly peakBytes: number
}

/**
 * Runs all contenders in turn, several times over, so that what slows the machine down slows all of them; in another order
 * each time, so that what one leaves to the next (pages to be written, a core that was busy) is not always the same one's.
 * Their memory is looked at in a round of its own.
 */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
  postmaster: number,
): Promise<Measured[]> {
  const results = contenders.map(({ name }) => ({
    name,
    seconds: [] as number[],
    cpuSeconds: [] as number[],
    peakBytes: 0,
  }))
  for (let round = 0; round < rounds; round++) {
    for (const [at, contender] of inOrderOf(round, [...contenders.entries()])) {
      const serverBefore = treeCpuSeconds(postmaster)
      const { seconds, cpuSeconds } = await runOnce(contender)
      await Bun.sleep(BACKENDS_END_MILLISECONDS)
      results[at]?.seconds.push(seconds)
      results[at]?.cpuSeconds.push(cpuSeconds + treeCpuSeconds(postmaster) - serverBefore)
    }
  }
  for (const [at, contender] of contenders.entries()) {
    const result = results[at]
    if (result) result.peakBytes = (await watchMemory(contender)).peakBytes
  }
  return results
}

/** Every second round goes backwards, and each pair of rounds begins with the next one. */
function inOrderOf<Item>(round: number, items: readonly Item[]): Item[] {
  const first = Math.floor(round / 2) % items.length
  const order = [...items.slice(first), ...items.slice(0, first)]
  return round % 2 === 0 ? order : order.toReversed()
}

/** To look takes 4 to 10 ms of a core and holds up page faults, so it is not done where time is measured. */
const SAMPLE_MILLISECONDS = 100

/** Runs a contender once, and gives the largest size of it and all below it. */
export async function watchMemory(contender: Contender): Promise<{ seconds: number; peakBytes: number }> {
  let peakBytes = 0
  const { seconds } = await runOnce(contender, (pid) => {
    const sample = () => {
      peakBytes = Math.max(peakBytes, treeBytes(pid))
    }
    const sampler = setInterval(sample, SAMPLE_MILLISECONDS)
    return () => clearInterval(sampler)
  })
  return { seconds, peakBytes }
}

/** Runs a contender on its ground. `watch` is told of its process, and gives what ends the watching. */
async function runOnce(
  { name, command, env, prepare }: Contender,
  watch: (pid: number) => () => void = () => () => {},
): Promise<{ seconds: number; cpuSeconds: number }> {
  await prepare?.()
  await readPrograms(command)
  const variables = typeof env === 'function' ? env() : env
  const begun = performance.now()
  const child = Bun.spawn([...command], { env: variables, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  const complaints = new Response(child.stderr).text()
  const unwatch = watch(child.pid)
  const exitCode = await child.exited
  const seconds = (performance.now() - begun) / 1000
  unwatch()
  if (exitCode !== 0) throw new Error(`${name} ended with code ${exitCode}:\n${await complaints}`)
  return { seconds, cpuSeconds: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6 }
}

/**
 * Has the files that a command names in memory. Some kernels give back what nobody looked at for a while, and of a binary of
 * 130 MB up to 50 were read from disk again in each round: a cold start takes 0.1 to 0.2 s more, that of pg_dump 0.002.
 */
async function readPrograms(command: readonly string[]): Promise<void> {
  for (const word of command) {
    const isFile = statSync(word, { throwIfNoEntry: false })?.isFile()
    if (isFile) await Bun.file(word).stream().pipeTo(new WritableStream())
  }
}

/** By then the server has taken note that its clients are gone, and what their backends took is known. */
const BACKENDS_END_MILLISECONDS = 300

const TICKS_A_SECOND = 100

/** Seconds of CPU of a process, its children that have ended and those that run. 0 where /proc does not tell. */
function treeCpuSeconds(root: number): number {
  const ticksOf = (pid: number, ended: boolean): number => {
    const stat = readOrEmpty(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, ended ? 15 : 13).reduce((sum, ticks) => sum + Number(ticks), 0)
  }
  const children = [...parentsOfAll()].flatMap(([pid, parent]) => (parent === root ? [pid] : []))
  return (ticksOf(root, true) + children.reduce((sum, pid) => sum + ticksOf(pid, false), 0)) / TICKS_A_SECOND
}

/** Memory of a process and its descendants; pages that several share count once. 0 where /proc does not tell. */
function treeBytes(root: number): number {
  const parents = parentsOfAll()
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || belongs(parents.get(pid)))
  return [root, ...parents.keys()]
    .filter((pid, at) => (at === 0 || pid !== root) && belongs(pid))
    .reduce((sum, pid) => sum + proportionalBytes(pid), 0)
}

/** For each process of the machine the one above it. Empty where there is no /proc. */
function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>()
  if (!existsSync('/proc')) return parents
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readOrEmpty(`/proc/${entry}/stat`)
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
    if (parent) parents.set(Number(entry), parent)
  }
  return parents
}

function proportionalBytes(pid: number): number {
  const pss = /^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1]
  return Number(pss ?? 0) * 1024
}

/** A process may end between the listing and the reading. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The median of the ratios of rounds: what slows one round slows both of it. */
export function medianRatio(numbers: readonly number[], references: readonly number[]): number {
  return median(numbers.map((number, at) => number / (references[at] ?? Number.NaN)))
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right)
  const middle = sorted.length / 2
  const [lower = Number.NaN, upper = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (lower + upper) / 2
}
