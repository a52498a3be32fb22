import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Receiver } from '../api/receiver.ts'
import { Serving } from '../api/serving.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'

const TEXT = readFileSync(join(import.meta.dir, '../../docs/rest.md'), 'utf8')

test('the recipes work as they stand', async () => {
  const recipes = [...TEXT.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '')
  expect(recipes).toHaveLength(1)
  if (!Bun.which('curl')) throw new Error('curl is needed: install it')
  await dropDatabase('shop')
  await dropDatabase('shop_test')
  await using shop = await TestDatabase.createAs('shop')
  await using copy = await TestDatabase.createAs('shop_test')
  await shop.run("CREATE TABLE public.users AS SELECT 1 AS id, 'ada@example.org'::text AS email")
  await using receiver = new Receiver()
  await using serving = await Serving.start()
  const run = Bun.spawn(['sh', '-e', '-c', recipes.join('\n')], {
    env: {
      PATH: process.env.PATH ?? '',
      PGVEIL_URL: serving.url.replace(/\/$/, ''),
      RECEIVER: receiver.url,
      PGHOST: shop.target.host,
      PGPORT: String(shop.target.port),
      PGUSER: shop.target.user,
      PGPASSWORD: shop.target.password?.reveal() ?? '',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ])
  expect([await run.exited, complaints]).toEqual([0, ''])
  expect(output).toContain('{"status":"ok"}')
  expect(output).toContain('"rule":"md5(email)"')
  expect([...output.matchAll(/^event: end\ndata: .*"status":"(\w+)"/gm)].map(([, status]) => status)).toEqual(
    ['success', 'success'],
  )
  expect(await receiver.end('nightly-1')).toMatchObject({ status: 'success' })
  const masked = await shop.value<string>('SELECT md5(email) FROM public.users')
  expect(await copy.value<string>('SELECT email FROM public.users')).toBe(masked)
})

test('the table of endpoints is that of the OpenAPI document, with its permissions', async () => {
  await using serving = await Serving.start()
  const { paths } = (await serving.get('/openapi.json')).body as {
    paths: Record<string, Record<string, { description: string }>>
  }
  const declared = Object.entries(paths)
    // Those of the backup API are in its own table.
    .filter(([path]) => !/^\/api\/(?!stateless\/)/.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { description }]) => [
        `${method.toUpperCase()} ${path}`,
        /Permission: (\w+)\./.exec(description)?.[1] ?? '–',
      ]),
    )
  const documented = [...TEXT.matchAll(/^\| (`(?:GET|POST|DELETE) .*?) \| .* \| (\S+) \|$/gm)].flatMap(
    ([, cell = '', permission = '']) => {
      const [first = '', ...others] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '')
      return [first, ...others.map((name) => first.replace(/[^/]+$/, name))].map((name) => [name, permission])
    },
  )
  expect(documented.sort()).toEqual(declared.sort())
})

test('the metrics are those that the server gives', async () => {
  await using serving = await Serving.start()
  const given = [...((await serving.get('/metrics')).body as string).matchAll(/^# TYPE (\w+)/gm)].map(
    ([, name]) => name,
  )
  const documented = [...TEXT.matchAll(/^\| `(\w+)(?:\{.*\})?` \| /gm)].map(([, name]) => name)
  expect(documented.sort()).toEqual(given.sort())
})
