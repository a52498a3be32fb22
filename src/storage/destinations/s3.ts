import type { S3Client } from '@aws-sdk/client-s3'
import { Fault } from '../../lib/fault.ts'
import type { HostPolicy } from '../../lib/hosts.ts'
import type { S3Config } from './config.ts'
import type { Destination, StoredFile } from './destination.ts'
import { fileMissing, storageFailed, withoutSecrets } from './faults.ts'
import { fileNames, folderNames, isPlain, prefixNames } from './names.ts'
import { s3Transport } from './s3-transport.ts'
import { upload } from './s3-upload.ts'
import { SourceError } from './source.ts'

/** Of one request when a file is read. The next is asked for while one is worked on: 16 MiB of memory. */
const RANGE_BYTES = 8 * 1024 * 1024
const ATTEMPTS = 4

const REMEDIES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'Look at accessKeyId.',
  SignatureDoesNotMatch: 'Look at secretAccessKey and region.',
  ExpiredToken: 'The sessionToken has expired; give another.',
  AccessDenied:
    'The key must be allowed to list the bucket and its uploads, and to read, write and remove objects.',
  NoSuchBucket: 'Look at bucket, region, endpoint and forcePathStyle; the bucket must exist.',
  PermanentRedirect: 'The bucket is in another region: look at region and endpoint.',
  AuthorizationHeaderMalformed: 'Look at region.',
}

/**
 * A bucket of S3 or of a server that speaks its protocol. The SDK is loaded when the first destination is opened: it takes
 * longer than all else that a start of the program loads.
 */
export async function s3(config: S3Config, hosts: HostPolicy): Promise<Destination> {
  const sdk = await import('@aws-sdk/client-s3')
  const client = new sdk.S3Client({
    region: config.region ?? 'us-east-1',
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
    forcePathStyle: config.forcePathStyle ?? false,
    credentials: {
      accessKeyId: config.accessKeyId,
      secretAccessKey: config.secretAccessKey.reveal(),
      ...(config.sessionToken && { sessionToken: config.sessionToken.reveal() }),
    },
    maxAttempts: ATTEMPTS,
    // Other servers than Amazon's do not know the newer checksums. The signature covers the SHA-256 of each body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: s3Transport(hosts),
  })
  const Bucket = config.bucket
  const root = prefixNames(config.pathPrefix)
  const keyOf = (names: readonly string[]) => [...root, ...names].join('/')
  const below = (names: readonly string[]) => [...root, ...names].map((name) => `${name}/`).join('')
  const pathOf = (key: string) => key.slice(below([]).length)
  const told = tellFailures(config)

  async function* pages(prefix: string, signal: AbortSignal) {
    for (let token: string | undefined; ; ) {
      const page = await client.send(
        new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: token }),
        { abortSignal: signal },
      )
      yield page.Contents ?? []
      if (page.IsTruncated !== true) return
      token = page.NextContinuationToken
      if (token === undefined) throw new Error('the server says that there is more, but not where')
    }
  }

  return {
    async put(path, pieces, signal) {
      const Key = keyOf(fileNames(path))
      await told('Writing', path, signal, () => upload(client, { Bucket, Key }, pieces, signal))
    },

    async *get(path, signal, start = 0) {
      const Key = keyOf(fileNames(path))
      // What is asked for ahead is not wanted by a reader that left.
      const left = new AbortController()
      const ending = AbortSignal.any([signal, left.signal])
      const ask = (from: number, etag: string | undefined) =>
        told('Reading', path, signal, () => readRange(client, { Bucket, Key }, from, etag, ending))
      try {
        let range = await ask(start, undefined)
        while (range) {
          const next = range.end < range.total ? ask(range.end, range.etag) : undefined
          next?.catch(() => {})
          yield range.bytes
          range = await next
        }
      } finally {
        left.abort()
      }
    },

    async find(path, signal) {
      const Key = keyOf(fileNames(path))
      // Asked by a list: an answer to HEAD does not tell a bucket that is missing from a file that is.
      const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 })
      const page = await told('Looking', path, signal, () => client.send(command, { abortSignal: signal }))
      const [found] = page.Contents ?? []
      return found?.Key === Key ? storedFile(path, found) : undefined
    },

    async *list(folder, signal) {
      const listing = pages(below(folderNames(folder)), signal)
      for (;;) {
        const page = await told('Listing', folder, signal, () => listing.next())
        if (page.done) return
        for (const object of page.value) {
          const path = pathOf(object.Key ?? '')
          if (isPlain(path)) yield storedFile(path, object)
        }
      }
    },

    async remove(path, signal) {
      const command = new sdk.DeleteObjectCommand({ Bucket, Key: keyOf(fileNames(path)) })
      await told('Removing', path, signal, () => client.send(command, { abortSignal: signal }))
    },

    async sweep(folder, signal) {
      const prefix = below(folderNames(folder))
      await told('Sweeping', folder, signal, () => abortUploads(client, Bucket, prefix, signal))
    },

    async [Symbol.asyncDispose]() {
      client.destroy()
    },
  }
}

/** Undefined where the file ends at `from` or before. Throws when the file is another one than the tag says. */
async function readRange(
  client: S3Client,
  place: { readonly Bucket: string; readonly Key: string },
  from: number,
  etag: string | undefined,
  signal: AbortSignal,
) {
  const sdk = await import('@aws-sdk/client-s3')
  const Range = `bytes=${from}-${from + RANGE_BYTES - 1}`
  try {
    const answer = await client.send(new sdk.GetObjectCommand({ ...place, Range, IfMatch: etag }), {
      abortSignal: signal,
    })
    const pieces = await Array.fromAsync((answer.Body ?? []) as AsyncIterable<Buffer>)
    const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
    const said = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.ContentRange ?? '')
    if (!said || Number(said[1]) !== from || bytes.length !== Number(said[2]) - from + 1) {
      throw new Error('the server sent another part of the file than was asked for')
    }
    return { bytes, end: from + bytes.length, total: Number(said[3]), etag: answer.ETag }
  } catch (error) {
    if ((error as { name?: string }).name === 'InvalidRange') return undefined
    throw error
  }
}

async function abortUploads(
  client: S3Client,
  Bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const sdk = await import('@aws-sdk/client-s3')
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (;;) {
    const command = new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...marker })
    const page = await client.send(command, { abortSignal: signal })
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (!Key?.startsWith(prefix)) continue
      await client
        .send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal: signal })
        .catch((error) => {
          if ((error as { name?: string }).name !== 'NoSuchUpload') throw error
        })
    }
    if (page.IsTruncated !== true) return
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
    if (marker.KeyMarker === undefined) throw new Error('the server says that there is more, but not where')
  }
}

function storedFile(
  path: string,
  object: { Size?: number | undefined; LastModified?: Date | undefined },
): StoredFile {
  return { path, size: object.Size ?? 0, modifiedAt: object.LastModified ?? new Date(0) }
}

/** The errors of the SDK, as faults without requests, URLs and secrets; what the source of a file throws stays as it is. */
function tellFailures(config: S3Config) {
  const secrets = [config.secretAccessKey.reveal(), config.sessionToken?.reveal()]
  return async <T>(act: string, path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof SourceError) throw error.thrown
      if (error instanceof Fault) throw error
      const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
      if (name === 'NoSuchKey') throw fileMissing(path)
      const known = name !== 'Error' && name !== 'Unknown' ? `${name}: ` : ''
      const status = $metadata?.httpStatusCode ? ` (status ${$metadata.httpStatusCode})` : ''
      const reason = withoutSecrets(`${known}${message}`.replace(/[.\s]*$/, '') + status, secrets)
      throw storageFailed(`${act} in the bucket ${config.bucket}`, path, reason, REMEDIES[name])
    }
  }
}
