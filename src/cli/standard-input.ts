/** How long a process of a server may clean up once the server is gone. */
const GRACE_MILLISECONDS = 10_000

/**
 * The lines of standard input, which a server holds open as long as it lives. When it closes, `orphaned` aborts, and what
 * has not ended a while later is killed. They end when `orphaned` aborts, for whatever reason.
 */
export async function* linesOfServer(orphaned: AbortController): AsyncGenerator<string> {
  const lines: string[] = []
  let more = Promise.withResolvers<void>()
  const decoder = new TextDecoder()
  let rest = ''
  process.stdin.on('data', (chunk: Buffer) => {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = pieces.pop() ?? ''
    lines.push(...pieces)
    more.resolve()
  })
  orphaned.signal.addEventListener('abort', () => more.resolve())
  process.stdin.on('end', () => {
    orphaned.abort()
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MILLISECONDS).unref()
  })
  for (;;) {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) yield line
    if (orphaned.signal.aborted) return
    await more.promise
    more = Promise.withResolvers()
  }
}

/** Writes one line of JSON to standard output, and returns when it is written: what is only buffered goes with us. */
export function tell(message: unknown): Promise<void> {
  return tellLine(JSON.stringify(message))
}

/** The same with a text that is JSON already. */
export function tellLine(json: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${json}\n`, () => resolve())
  })
}
