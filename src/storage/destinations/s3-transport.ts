import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { type HostPolicy, reachableAddress } from '../../lib/hosts.ts'

/** What the SDK hands over, already signed. */
interface Request {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

/** For an answer, and for its body or that of the request at 64 KiB a second, the slowest line that is of use. */
const ANSWER_TIMEOUT = 30_000
const BYTES_PER_MS = 64
/** No answer that is asked for is larger; ranges of files are 8 MiB. */
const LARGEST_ANSWER = 64 * 1024 * 1024

/**
 * Carries the requests of the AWS SDK. It connects to the address that was looked up and allowed, whatever the name means
 * a moment later; it follows no redirect; each attempt has its time. Whatever breaks on the way may be tried again.
 */
export function s3Transport(hosts: HostPolicy): NonNullable<S3ClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: Request, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      const address = await reachableAddress(request.hostname, hosts)
      if (address === undefined) throw new Error(`the name ${request.hostname} has no address`)
      const { body } = request
      const size = Math.max(body?.length ?? 0, 8 * 1024 * 1024)
      const timeout = AbortSignal.timeout(ANSWER_TIMEOUT + size / BYTES_PER_MS)
      const signal = abortSignal ? AbortSignal.any([abortSignal, timeout]) : timeout
      try {
        const response = await fetch(urlOf(request, address), {
          method: request.method,
          headers: { ...request.headers, host: hostOf(request) },
          body,
          signal,
          redirect: 'manual',
          decompress: false,
          timeout: false,
          tls: { serverName: request.hostname.replace(/^\[(.*)\]$/, '$1') },
        } as RequestInit)
        const bytes = request.method === 'HEAD' ? new Uint8Array() : await readWhole(response)
        return {
          response: {
            statusCode: response.status,
            reason: response.statusText,
            headers: Object.fromEntries(response.headers),
            body: Readable.from(bytes.length > 0 ? [bytes] : []),
          },
        }
      } catch (error) {
        abortSignal?.throwIfAborted()
        throw Object.assign(new Error(timeout.aborted ? 'no answer in time' : reasonOf(error)), {
          $retryable: { throttling: false },
        })
      }
    },
  } as NonNullable<S3ClientConfig['requestHandler']>
}

function urlOf({ protocol, port, path, query }: Request, address: string): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === null ? [escaped(name)] : [value].flat().map((one) => `${escaped(name)}=${escaped(one)}`),
  )
  const host = isIP(address) === 6 ? `[${address}]` : address
  return `${protocol}//${host}${port ? `:${port}` : ''}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
}

/** As signatures want it (AWS Signature Version 4, canonical query). */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hostOf({ hostname, port }: Request): string {
  return port ? `${hostname}:${port}` : hostname
}

/** In one buffer: an answer gathered from pieces is three times as much garbage, which is not collected in time. */
async function readWhole(response: Response): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? Number.NaN)
  if (announced <= LARGEST_ANSWER) return new Uint8Array(await response.arrayBuffer())
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.length
    if (size > LARGEST_ANSWER) throw new Error('the answer is longer than what was asked for')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Never the URL or a header. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  if (error instanceof Error && message?.startsWith('the answer')) return message
  return `no connection (${code ?? name ?? 'unknown'})`
}
