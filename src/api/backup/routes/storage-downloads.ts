import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { readSidecarOf } from '../../../storage/stored-backups.ts'
import type { BackupContext } from '../context.ts'
import { withDestination } from '../destinations.ts'
import { download } from '../download.ts'
import { claimLink, createLink, lookAtLink, releaseLink } from '../download-links.ts'
import { linkRequestSchema, linkSchema } from '../schemas/storage.ts'
import { filePath, flag, text } from '../schemas/wire.ts'
import { body, idParam, json, refusals, unknown } from './answers.ts'

export const PUBLIC_DOWNLOAD_PATH = '/api/storage/public-download'

const bytes = {
  description: 'The file, as an attachment of its name.',
  content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
}

const shared = { tags: ['Storage'] }

const downloadRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/api/storage/{id}/download',
  operationId: 'downloadFile',
  summary: 'Download a backup file',
  description: 'Streams a backup, opened where it is sealed, packed as it is. Permission: storage:download.',
  middleware: requires('storage:download'),
  request: {
    params: idParam,
    query: z.object({ file: filePath, decrypt: flag(true, 'false: the bytes as they are stored.') }),
  },
  responses: { ...refusals, ...unknown, 200: bytes },
})

const linkRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/api/storage/{id}/download-url',
  operationId: 'createDownloadUrl',
  summary: 'Make a download link',
  description: 'A link that needs no key, for five minutes and one download. Permission: storage:download.',
  middleware: requires('storage:download'),
  request: { params: idParam, body: body(linkRequestSchema) },
  responses: { ...refusals, ...unknown, 200: json(linkSchema, 'The link.') },
})

const publicRoute = createRoute({
  ...shared,
  method: 'get',
  path: PUBLIC_DOWNLOAD_PATH,
  operationId: 'publicDownload',
  summary: 'Download by a link',
  description:
    'Streams what a link leads to; that uses it up, unless nothing could be sent. It needs no key but the token.',
  security: [],
  request: { query: z.object({ token: text(200).min(1) }) },
  responses: { ...refusals, ...unknown, 200: bytes },
})

export function addStorageDownloadRoutes(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  const { state, clock } = context
  app.openapi(downloadRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { file, decrypt } = c.req.valid('query')
    c.set('audit', { destination: id, file: file.slice(0, 200) })
    return (await download(context, { adapterId: id, path: file, decrypt }, c.req.raw.signal)) as never
  })
  app.openapi(linkRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { file, decrypt } = c.req.valid('json')
    c.set('audit', { destination: id, file: file.slice(0, 200) })
    await withDestination(context, id, (destination) => readSidecarOf(destination, file, c.req.raw.signal))
    const token = await createLink(state, { adapterId: id, path: file, decrypt }, clock.now())
    const origin = context.publicUrl ?? new URL(c.req.url).origin
    const url = `${origin}${PUBLIC_DOWNLOAD_PATH}?token=${token}`
    return c.json(
      { success: true as const, url, expiresIn: '5 minutes' as const, singleUse: true as const },
      200,
    )
  })
  app.openapi(publicRoute, async (c) => {
    const { token } = c.req.valid('query')
    // Previews of links in chats and mails ask so; they must not use it up.
    if (c.req.method === 'HEAD') {
      await lookAtLink(state, token, clock.now())
      return c.body(null, 200) as never
    }
    return (await byLink(c, context, token)) as never
  })
}

async function byLink(c: Context<AppVariables>, context: BackupContext, token: string): Promise<Response> {
  const { state, clock, log } = context
  const file = await claimLink(state, token, clock.now())
  c.set('audit', { destination: file.adapterId, file: file.path.slice(0, 200) })
  let sent = false
  const release = () => {
    if (sent) return
    releaseLink(state, token).catch((error) =>
      log.error({ reason: String(error) }, 'a download link cannot be given back'),
    )
  }
  const { signal } = c.req.raw
  signal.addEventListener('abort', release, { once: true })
  try {
    return await download(context, file, signal, () => {
      sent = true
    })
  } catch (error) {
    if (!signal.aborted) release()
    throw error
  }
}
