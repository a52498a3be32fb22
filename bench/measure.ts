import { readdirSync, readFileSync } from 'node:fs'

/** One program that does a piece of work, and what it takes to do it again. */
export interface Contender {
  readonly name: string
  readonly command: readonly string[]
  readonly env: Record<string, string>
  /** Makes the ground ready; is not measured. */
  readonly prepare?: (() => Promise<void>) | undefined
}

export interface Measured {
  readonly name: string
  /** Seconds of each round. */
  readonly seconds: readonly number[]
  /** The largest proportional set size of the process and all below it, over all rounds, in bytes. */
  readonly peakBytes: number
}

const SAMPLE_MILLISECONDS = 250

/** Runs all contenders in turn, several times over, so that what slows the machine down slows all of them. */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const results = contenders.map(({ name }) => ({ name, seconds: [] as number[], peakBytes: 0 }))
  for (let round = 0; round < rounds; round++) {
    for (const [at, contender] of contenders.entries()) {
      await contender.prepare?.()
      const { seconds, peakBytes } = await runOnce(contender)
      const result = results[at]
      result?.seconds.push(seconds)
      if (result) result.peakBytes = Math.max(result.peakBytes, peakBytes)
    }
  }
  return results
}

async function runOnce({ name, command, env }: Contender): Promise<{ seconds: number; peakBytes: number }> {
  const begun = performance.now()
  const child = Bun.spawn([...command], { env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  const complaints = new Response(child.stderr).text()
  let peakBytes = 0
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeBytes(child.pid))
  }, SAMPLE_MILLISECONDS)
  const exitCode = await child.exited
  clearInterval(sampler)
  const seconds = (performance.now() - begun) / 1000
  if (exitCode !== 0) throw new Error(`${name} ended with code ${exitCode}:\n${await complaints}`)
  return { seconds, peakBytes }
}

/** Memory of a process and its descendants; pages that several share count once. 0 where /proc does not tell. */
function treeBytes(root: number): number {
  const parents = new Map<number, number>()
  try {
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      const stat = readOrEmpty(`/proc/${entry}/stat`)
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
      if (parent) parents.set(Number(entry), parent)
    }
  } catch {
    return 0
  }
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || belongs(parents.get(pid)))
  return [root, ...parents.keys()]
    .filter((pid, at) => (at === 0 || pid !== root) && belongs(pid))
    .reduce((sum, pid) => sum + proportionalBytes(pid), 0)
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

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
