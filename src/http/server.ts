import { Fault } from '../lib/fault.ts'
import { LARGEST_BODY } from './app.ts'

/** Seconds without a byte before a connection is closed; a view of a large table may think for a while. */
const IDLE_SECONDS = 255

export interface HttpServer {
  readonly url: string
  /** Takes no more connections. */
  stop(): void
  /** Closes those that are open, whatever they wait for. */
  close(): Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>

/** Listens; the app is told how to ask for the address of a request's client. Throws `binding-refused` where it cannot. */
export function listen(
  place: { readonly host: string; readonly port: number },
  app: (addressOf: (request: Request) => string) => Fetch,
): HttpServer {
  const fetch = app((request) => server.requestIP(request)?.address ?? 'unknown')
  const server = bind(place, fetch)
  return {
    url: server.url.href,
    stop: () => {
      server.stop()
    },
    close: () => server.stop(true),
  }
}

function bind({ host, port }: { readonly host: string; readonly port: number }, fetch: Fetch) {
  try {
    return Bun.serve({
      hostname: host,
      port,
      idleTimeout: IDLE_SECONDS,
      // Beyond the app's own limit, whose answer says what is wrong.
      maxRequestBodySize: 2 * LARGEST_BODY,
      fetch,
    })
  } catch (error) {
    throw new Fault(
      'binding-refused',
      `The server cannot listen on ${host}:${port}: ${(error as Error).message}`,
      {
        remedy: 'Choose another --port, or end what listens there.',
      },
    )
  }
}
