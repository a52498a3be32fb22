import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { requires } from '../../../http/authentication.ts'
import type { AppVariables } from '../../../http/environment.ts'
import { findProfile, profileKey } from '../../../jobs/definitions/profiles.ts'
import { recoveryKit } from '../../../storage/recovery-kit/recovery-kit.ts'
import { attachment } from '../attachment.ts'
import type { BackupContext } from '../context.ts'
import { idParam, refusals, unknown } from './answers.ts'

const route = createRoute({
  method: 'get',
  path: '/api/vault/{id}/recovery-kit',
  tags: ['Vault'],
  operationId: 'downloadRecoveryKit',
  summary: 'Download the recovery kit of an encryption profile',
  description:
    'A zip with the key, and all that opens a backup without pgveil. Keep it apart from the backups. Permission: vault:write.',
  middleware: requires('vault:write'),
  request: { params: idParam },
  responses: {
    ...refusals,
    ...unknown,
    200: {
      description: 'The kit.',
      content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
})

export function addRecoveryKitRoute(app: OpenAPIHono<AppVariables>, context: BackupContext): void {
  app.openapi(route, async (c) => {
    const profile = await findProfile(context, c.req.valid('param').id)
    c.set('audit', { profile: profile.id })
    const kit = await recoveryKit({ ...profile, key: await profileKey(context, profile.id) })
    return c.body(kit as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'application/zip',
      'content-disposition': attachment(`recovery-kit-${profile.name}.zip`),
      'cache-control': 'no-store',
    }) as never
  })
}
