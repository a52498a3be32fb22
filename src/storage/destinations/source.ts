import { orAborted } from '../../lib/or-aborted.ts'

/** The pieces of a source, until the signal aborts: also where the source gives nothing and never ends. */
export async function* untilAborted(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const step = await orAborted(iterator.next(), signal)
      if (step.done) {
        ended = true
        return
      }
      if (step.value.length > 0) yield step.value
    }
  } finally {
    // Not waited for: a generator that waits for something does not hear of its return before that.
    if (!ended) iterator.return?.().catch(() => {})
  }
}

/** What the source of a file threw, to tell it from what the place says that the file is written to. */
export class SourceError extends Error {
  constructor(readonly thrown: unknown) {
    super('the source of the file failed')
  }
}

/** The pieces of a source until the signal aborts, then the signal's reason; what the source itself throws, as a `SourceError`. */
export async function* fromSource(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* untilAborted(pieces, signal)
  } catch (error) {
    throw signal.aborted ? signal.reason : new SourceError(error)
  }
}
