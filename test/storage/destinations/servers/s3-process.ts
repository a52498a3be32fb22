/**
 * A server of S3's protocol for tests, as a process of its own: `bun s3-process.ts FOLDER PORT BUCKET KEY SECRET DELAY`.
 * Objects and uploads lie in the folder and outlive a kill. Only what pgveil asks for, but that as strictly as Amazon's:
 * signatures, conditions, sizes of parts, pages. DELAY: milliseconds before each answer to a body.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signatureError } from './s3-signature.ts'

interface Stored {
  readonly key: string
  readonly etag: string
  readonly size: number
  readonly modified: string
}

const [folder = '', port = '0', bucket = '', accessKeyId = '', secretAccessKey = '', delay = '0'] =
  process.argv.slice(2)
const OBJECTS = join(folder, 'objects')
const UPLOADS = join(folder, 'uploads')
const SMALLEST_PART = 5 * 1024 * 1024
for (const path of [OBJECTS, UPLOADS]) mkdirSync(path, { recursive: true })

const objects = new Map<string, Stored>()
for (const name of readdirSync(OBJECTS).filter((name) => name.endsWith('.json'))) {
  const stored = JSON.parse(readFileSync(join(OBJECTS, name), 'utf8')) as Stored
  objects.set(stored.key, stored)
}

class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code)
  }
}

const md5 = (bytes: Uint8Array | string) => createHash('md5').update(bytes).digest('hex')
const fileOf = (key: string) => join(OBJECTS, createHash('sha256').update(key).digest('hex'))
const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  maxRequestBodySize: 256 * 1024 * 1024,
  idleTimeout: 60,
  async fetch(request) {
    try {
      const body = new Uint8Array(await request.arrayBuffer())
      if (body.length > 0) await Bun.sleep(Number(delay))
      const refused = signatureError(request, body, { accessKeyId, secretAccessKey })
      if (refused) throw new S3Error(403, refused)
      return await answer(request, body)
    } catch (error) {
      const { status, code } = error instanceof S3Error ? error : new S3Error(500, 'InternalError')
      const text =
        request.method === 'HEAD' ? null : xml('Error', tag('Code', code) + tag('Message', `It is ${code}.`))
      return new Response(text, { status, headers: { 'content-type': 'application/xml' } })
    }
  },
})
process.stdout.write('ready\n')

async function answer(request: Request, body: Uint8Array): Promise<Response> {
  const { pathname, searchParams: query } = new URL(request.url)
  const [, first = '', ...rest] = pathname.split('/').map(decodeURIComponent)
  if (first !== bucket) throw new S3Error(404, 'NoSuchBucket')
  const key = rest.join('/')
  const uploadId = query.get('uploadId')
  if (key === '') {
    if (query.get('list-type') === '2') return listObjects(query)
    if (query.has('uploads')) return listUploads(query)
    throw new S3Error(501, 'NotImplemented')
  }
  switch (request.method) {
    case 'PUT':
      if (uploadId !== null) return putPart(key, uploadId, Number(query.get('partNumber')), body)
      writeFileSync(`${fileOf(key)}.new`, body)
      return new Response(null, { headers: { etag: publish(key, md5(body), body.length).etag } })
    case 'POST':
      return uploadId === null
        ? beginUpload(key)
        : completeUpload(key, uploadId, new TextDecoder().decode(body))
    case 'DELETE':
      if (uploadId !== null) rmSync(uploadFolder(key, uploadId), { recursive: true })
      else if (objects.delete(key)) for (const end of ['', '.json']) rmSync(fileOf(key) + end)
      return new Response(null, { status: 204 })
    case 'GET':
      return getObject(key, request.headers)
    default:
      throw new S3Error(501, 'NotImplemented')
  }
}

/** Whole or not at all. */
function publish(key: string, hash: string, size: number): Stored {
  const stored = { key, etag: `"${hash}"`, size, modified: new Date().toISOString() }
  renameSync(`${fileOf(key)}.new`, fileOf(key))
  writeFileSync(`${fileOf(key)}.json`, JSON.stringify(stored))
  objects.set(key, stored)
  return stored
}

async function getObject(key: string, headers: Headers): Promise<Response> {
  const stored = objects.get(key)
  if (!stored) throw new S3Error(404, 'NoSuchKey')
  const condition = headers.get('if-match')
  if (condition !== null && condition !== stored.etag) throw new S3Error(412, 'PreconditionFailed')
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.get('range') ?? '')
  if (!range) return new Response(Bun.file(fileOf(key)), { headers: { etag: stored.etag } })
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]), stored.size - 1)]
  if (start >= stored.size) throw new S3Error(416, 'InvalidRange')
  const bytes = await Bun.file(fileOf(key))
    .slice(start, end + 1)
    .arrayBuffer()
  const contentRange = `bytes ${start}-${end}/${stored.size}`
  return new Response(bytes, { status: 206, headers: { etag: stored.etag, 'content-range': contentRange } })
}

function uploadFolder(key: string, id: string): string {
  const path = join(UPLOADS, /^[0-9a-f-]{36}$/.test(id) ? id : 'none')
  if (!existsSync(path) || readFileSync(join(path, 'key'), 'utf8') !== key)
    throw new S3Error(404, 'NoSuchUpload')
  return path
}

function beginUpload(key: string): Response {
  const id = randomUUID()
  mkdirSync(join(UPLOADS, id))
  writeFileSync(join(UPLOADS, id, 'key'), key)
  return answerXml('InitiateMultipartUploadResult', tag('Key', key) + tag('UploadId', id))
}

function putPart(key: string, id: string, number: number, body: Uint8Array): Response {
  if (!(number >= 1 && number <= 10_000)) throw new S3Error(400, 'InvalidArgument')
  writeFileSync(join(uploadFolder(key, id), String(number)), body)
  return new Response(null, { headers: { etag: `"${md5(body)}"` } })
}

async function completeUpload(key: string, id: string, text: string): Promise<Response> {
  const path = uploadFolder(key, id)
  const parts = [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: /<ETag>(?:&quot;|")?([0-9a-f]{32})/.exec(part)?.[1],
  }))
  if (parts.length === 0) throw new S3Error(400, 'MalformedXML')
  const target = `${fileOf(key)}.new`
  writeFileSync(target, '')
  let size = 0
  for (const [index, { number, etag }] of parts.entries()) {
    if (index > 0 && number <= (parts[index - 1]?.number ?? 0)) throw new S3Error(400, 'InvalidPartOrder')
    if (!existsSync(join(path, String(number)))) throw new S3Error(400, 'InvalidPart')
    const bytes = readFileSync(join(path, String(number)))
    if (md5(bytes) !== etag) throw new S3Error(400, 'InvalidPart')
    if (bytes.length < SMALLEST_PART && index < parts.length - 1) throw new S3Error(400, 'EntityTooSmall')
    await appendFile(target, bytes)
    size += bytes.length
  }
  const { etag } = publish(key, `${md5(parts.map((part) => part.etag).join(''))}-${parts.length}`, size)
  rmSync(path, { recursive: true })
  return answerXml('CompleteMultipartUploadResult', tag('Key', key) + tag('ETag', etag))
}

function listObjects(query: URLSearchParams): Response {
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString()
  const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000)
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? '') && byBytes(key, after) > 0)
    .sort(byBytes)
  const page = keys.slice(0, most)
  const contents = page.map((key) => {
    const { etag, size, modified } = objects.get(key) as Stored
    return `<Contents>${tag('Key', key)}${tag('LastModified', modified)}${tag('ETag', etag)}${tag('Size', size)}</Contents>`
  })
  const more = keys.length > page.length
  const token = more ? tag('NextContinuationToken', Buffer.from(page.at(-1) ?? '').toString('base64')) : ''
  return answerXml('ListBucketResult', tag('IsTruncated', more) + token + contents.join(''))
}

/** Pages of two, so that tests meet several. */
function listUploads(query: URLSearchParams): Response {
  const marker = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''].join('\0')
  const uploads = readdirSync(UPLOADS)
    .map((id) => ({ id, key: readFileSync(join(UPLOADS, id, 'key'), 'utf8') }))
    .map((upload) => ({ ...upload, order: `${upload.key}\0${upload.id}` }))
    .filter(({ key, order }) => key.startsWith(query.get('prefix') ?? '') && byBytes(order, marker) > 0)
    .sort((left, right) => byBytes(left.order, right.order))
  const page = uploads.slice(0, 2)
  const more = uploads.length > page.length
  const markers = more
    ? tag('NextKeyMarker', page.at(-1)?.key ?? '') + tag('NextUploadIdMarker', page.at(-1)?.id ?? '')
    : ''
  const items = page.map(({ id, key }) => `<Upload>${tag('Key', key)}${tag('UploadId', id)}</Upload>`)
  return answerXml('ListMultipartUploadsResult', tag('IsTruncated', more) + markers + items.join(''))
}

function tag(name: string, value: string | number | boolean): string {
  return `<${name}>${Bun.escapeHTML(String(value))}</${name}>`
}

function xml(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${content}</${root}>`
}

function answerXml(root: string, content: string): Response {
  return new Response(xml(root, content), { headers: { 'content-type': 'application/xml' } })
}
