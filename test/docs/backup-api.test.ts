import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Serving } from '../api/serving.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'

const TEXT = readFileSync(join(import.meta.dir, '../../docs/backup-api.md'), 'utf8')

test('the recipe works as it stands', async () => {
  const [recipe = ''] = [...TEXT.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '')
  for (const program of ['curl', 'jq'])
    if (!Bun.which(program)) throw new Error(`${program} is needed: apt-get install ${program}`)
  await dropDatabase('shop')
  await using shop = await TestDatabase.createAs('shop')
  await shop.run("CREATE TABLE public.users AS SELECT 1 AS id, 'ada@example.org'::text AS email")
  await using folder = await TestFolder.create()
  await using serving = await Serving.start({ env: { PGVEIL_API_TOKEN: 'token-of-the-test' } })
  const run = Bun.spawn(['sh', '-e', '-c', recipe], {
    cwd: folder.path,
    env: {
      PATH: process.env.PATH ?? '',
      PGVEIL_URL: serving.url.replace(/\/$/, ''),
      PGVEIL_API_TOKEN: 'token-of-the-test',
      PGHOST: shop.target.host,
      PGPORT: String(shop.target.port),
      PGUSER: shop.target.user,
      PGPASSWORD: shop.target.password?.reveal() ?? '',
      BACKUPS: folder.file('backups'),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ])
  expect([await run.exited, complaints]).toEqual([0, ''])
  expect(output).toContain('"status":"Success"')
  const packed = await Bun.file(folder.file('latest.dump.zst')).bytes()
  const archive = Buffer.from(Bun.zstdDecompressSync(packed))
  expect(archive.subarray(0, 5).toString('latin1')).toBe('PGDMP')
  expect(archive.includes('ada@example.org')).toBe(false)
  expect(Buffer.from(await Bun.file(folder.file('recovery-kit.zip')).bytes()).toString('latin1', 0, 2)).toBe(
    'PK',
  )
}, 60_000)

test('the table of endpoints is that of the OpenAPI document, with its permissions', async () => {
  await using serving = await Serving.start()
  const { paths } = (await serving.get('/openapi.json')).body as {
    paths: Record<string, Record<string, { description: string }>>
  }
  const declared = Object.entries(paths)
    .filter(([path]) => /^\/api\/(?!stateless\/)/.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { description }]) => {
        const [, named = ''] = /Permission: ([^.]+)\./.exec(description) ?? []
        return [`${method.toUpperCase()} ${path}`, (named.match(/[a-z-]+:[a-z]+/g) ?? ['–']).join(', ')]
      }),
    )
  const documented = [...TEXT.matchAll(/^\| `((?:GET|POST|PUT|DELETE) .*?)` \| .* \| (.+?) \|$/gm)].map(
    ([, endpoint, permission]) => [endpoint, permission],
  )
  expect(documented.sort()).toEqual(declared.sort())
})
