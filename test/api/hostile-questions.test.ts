import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { TestDatabase } from '../server/database.ts'
import { connectionOf, contentOf, Serving, until } from './serving.ts'

/** The commands of the processes that a server has started. Linux only. */
function childrenOf(pid: number): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const status = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
      return parent === pid ? [readFileSync(`/proc/${name}/cmdline`, 'utf8')] : []
    } catch {
      return []
    }
  })
}

test('a question that never ends is given up, and the server answers others meanwhile', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
  await using serving = await Serving.start({ flags: ['--answer-timeout=2'] })
  const connection = { db_connection_params: connectionOf(source.target) }
  const slow = contentOf({
    dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT pg_sleep(60)::text AS v' }],
  })
  const hostile = { ...connection, sens_dict_contents: [slow], schema_name: 'public', table_name: 't' }
  const asked = Array.from({ length: 3 }, () => serving.post('/api/stateless/view-data', hostile))
  await until(
    'they are asked',
    () => childrenOf(serving.pid).filter((command) => command.includes('answer')).length === 3,
  )
  for (let at = 0; at < 20; at++) {
    const begun = performance.now()
    expect((await serving.get('/health')).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(1000)
  }
  expect((await serving.post('/api/stateless/view-fields', connection)).status).toBe(200)
  for (const answer of await Promise.all(asked)) {
    expect([answer.status, answer.body.error_code]).toEqual([400, 'OPERATION_FAILED'])
    expect(answer.body.message).toContain('took too long')
  }
  expect((await serving.post('/api/stateless/view-fields', connection)).status).toBe(200)
})

test('dictionaries of any size and shape are answered, and the server goes on', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
  await using serving = await Serving.start()
  const ask = async (content: string) => {
    const request = {
      db_connection_params: connectionOf(source.target),
      sens_dict_contents: [{ name: 'd', content }],
    }
    return (
      await serving.post('/api/stateless/view-data', { ...request, schema_name: 'public', table_name: 't' })
    ).status
  }
  const rule = (v: string) =>
    contentOf({ dictionary: [{ schema: 'public', table: 't', fields: { v } }] }).content
  const many = {
    dictionary: Array.from({ length: 20_000 }, (_, at) => ({
      schema: 'public',
      table: `t${at}`,
      fields: { v: 'v' },
    })),
  }
  expect(await ask(rule('md5(v)'))).toBe(200)
  for (const content of [
    JSON.stringify(many),
    '['.repeat(1_000_000),
    '{"dictionary":'.repeat(10_000),
    rule(`${'('.repeat(20_000)}v${')'.repeat(20_000)}`),
    rule(`v${"||'x'".repeat(20_000)}`),
    rule(`${'CASE WHEN true THEN '.repeat(10_000)}v${' END'.repeat(10_000)}`),
    '"'.repeat(1_000_000),
    '\\u0000'.repeat(1000),
    '',
  ]) {
    expect([content.slice(0, 40), await ask(content)]).toEqual([content.slice(0, 40), 400])
    expect(await ask(rule('md5(v)'))).toBe(200)
  }
})

test('what answers questions ends with the server, however that ends', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
  await using serving = await Serving.start()
  const sessions =
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const slow = contentOf({
      dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT pg_sleep(60)::text AS v' }],
    })
    const request = { db_connection_params: connectionOf(source.target), sens_dict_contents: [slow] }
    const asked = serving
      .post('/api/stateless/view-data', { ...request, schema_name: 'public', table_name: 't' })
      .catch(() => undefined)
    await until('it is asked', async () => (await source.value<number>(sessions)) > 0)
    await serving.end(signal)
    await asked
    await until('no session is left', async () => (await source.value<number>(sessions)) === 0)
    await serving.start()
  }
})

test('who goes away is not worked for any longer', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t AS SELECT 1::text AS v')
  await using serving = await Serving.start()
  const slow = contentOf({
    dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT pg_sleep(60)::text AS v' }],
  })
  const request = { db_connection_params: connectionOf(source.target), sens_dict_contents: [slow] }
  const gone = new AbortController()
  const asked = fetch(`${serving.url}api/stateless/view-data`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, schema_name: 'public', table_name: 't' }),
    signal: gone.signal,
  }).catch(() => undefined)
  const sleeping =
    "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'"
  await until('it is asked', async () => (await source.value<number>(sleeping)) > 0)
  gone.abort()
  await asked
  await until('it is not asked any more', async () => (await source.value<number>(sleeping)) === 0)
})

test('a page of large rows keeps nobody waiting; one that is too large says what to ask for', async () => {
  await using source = await TestDatabase.create(
    "CREATE TABLE public.big AS SELECT i AS id, repeat('x', 16000) AS t FROM generate_series(1, 4000) AS i",
  )
  await using serving = await Serving.start()
  const ask = (limit: number) =>
    serving.post('/api/stateless/view-data', {
      db_connection_params: connectionOf(source.target),
      schema_name: 'public',
      table_name: 'big',
      limit,
    })
  // The process that is asked is there by then.
  expect((await ask(1)).body.content.rows_before).toEqual([['1', 'x'.repeat(16_000)]])
  // In a process of its own: ours reads the answer, and would take that for the server's pause.
  const probe = startProbe(`${serving.url}health`, serving.pid)
  const page = await ask(1000)
  expect([page.status, page.body.content.rows_after.length]).toEqual([200, 1000])
  const refused = await ask(4000)
  expect([refused.status, refused.body]).toEqual([
    400,
    { error_code: 'INVALID_LIMIT', message: expect.stringContaining('limit') },
  ])
  probe.stdin.end()
  expect(Number(await new Response(probe.stdout).text())).toBeLessThan(300)
  expect((await ask(10)).status).toBe(200)
})

test('who waits for a turn is told in time, and at once where too many wait', async () => {
  await using source = await TestDatabase.create('CREATE TABLE public.t (v text)')
  await using serving = await Serving.start({ flags: ['--answer-timeout=3'] })
  const slow = contentOf({
    dictionary: [{ schema: 'public', table: 't', raw_sql: 'SELECT pg_sleep(60)::text AS v' }],
  })
  const hostile = {
    db_connection_params: connectionOf(source.target),
    sens_dict_contents: [slow],
    schema_name: 'public',
    table_name: 't',
  }
  const begun = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 220 }, () => serving.post('/api/stateless/view-data', hostile)),
  )
  // Fifty-five turns of three seconds each would be 165 s.
  expect(performance.now() - begun).toBeLessThan(9000)
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  expect(count(400) + count(503)).toBe(220)
  expect(count(400)).toBeGreaterThanOrEqual(4)
  expect(count(503)).toBeGreaterThanOrEqual(16)
  const light = await serving.post('/api/stateless/check_db_connection', hostile.db_connection_params)
  expect(light.status).toBe(200)
})

/**
 * Asks until its standard input closes, and says how many milliseconds the longest answer took. The time in which the server
 * or the probe stood in line for a core does not count: other work of the machine takes that. Linux only.
 */
function startProbe(url: string, pid: number) {
  const program = `
    const { readFileSync } = require('node:fs')
    const inLine = (pid) => Number(readFileSync('/proc/' + pid + '/schedstat', 'utf8').split(' ')[1]) / 1e6
    const now = () => performance.now() - inLine(${pid}) - inLine('self')
    let longest = 0
    let asks = true
    process.stdin.on('data', () => {}).on('end', () => (asks = false))
    while (asks) {
      const begun = now()
      await (await fetch(${JSON.stringify(url)})).text()
      longest = Math.max(longest, now() - begun)
      await Bun.sleep(5)
    }
    console.log(longest)`
  return Bun.spawn([process.execPath, '-e', program], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
}
