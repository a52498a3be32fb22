/**
 * Works through items in their order on several lanes at once; a lane is opened when there is work for it. The first
 * failure aborts the others, and is what the caller sees.
 */
export async function runLanes<Item, Lane>(
  items: readonly Item[],
  options: {
    readonly lanes: number
    readonly signal: AbortSignal
    readonly open: (signal: AbortSignal) => Promise<Lane>
    /** `next` is what the lane has taken already for when it is done with this. */
    readonly work: (lane: Lane, item: Item, signal: AbortSignal, next: Item | undefined) => Promise<void>
    /** Whether a lane takes its next item already when it begins with this one. Nobody else works on that meanwhile. */
    readonly takesNext?: (item: Item) => boolean
    readonly close: (lane: Lane) => Promise<void>
  },
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const queue = [...items]
  let failure: { error: unknown } | undefined

  const runLane = async (): Promise<void> => {
    const lane = await options.open(signal)
    try {
      for (let item = queue.shift(); item !== undefined; ) {
        signal.throwIfAborted()
        const next = options.takesNext?.(item) ? queue.shift() : undefined
        await options.work(lane, item, signal, next)
        item = next ?? queue.shift()
      }
    } finally {
      await options.close(lane)
    }
  }
  const guarded = async (): Promise<void> => {
    try {
      await runLane()
    } catch (error) {
      // What the abort of the other lanes brings forth is not the reason.
      failure ??= { error }
      failed.abort()
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.lanes, items.length) }, guarded))
  options.signal.throwIfAborted()
  if (failure) throw failure.error
}

/** Does two things at once; the failure of one aborts the other, and is what the caller sees. */
export async function both<First, Second>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<First>,
  second: (signal: AbortSignal) => Promise<Second>,
): Promise<[First, Second]> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const guarded = async <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    try {
      return await work(either)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  }
  const ended = await Promise.allSettled([guarded(first), guarded(second)])
  signal.throwIfAborted()
  if (failed.signal.aborted) throw failed.signal.reason
  const [one, two] = ended
  if (one.status === 'rejected') throw one.reason
  if (two.status === 'rejected') throw two.reason
  return [one.value, two.value]
}

/** Two connections keep two cores busy between PostgreSQL and compression; more cores take more, within reason. */
export function defaultLanes(): number {
  return Math.min(8, Math.max(2, navigator.hardwareConcurrency))
}

/** More connections than this to one server are a mistake rather than a wish. */
const MOST_LANES = 64

/** pg_anon's way to say how much to do at once: processes, times connections of each. Undefined where neither is said. */
export function lanesOf(processes: number | undefined, connections: number | undefined): number | undefined {
  if (processes === undefined && connections === undefined) return undefined
  return Math.min(MOST_LANES, (processes ?? 1) * (connections ?? 1))
}
