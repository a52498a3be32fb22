import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { clientEnvironment } from '../../../src/postgres/connection/target.ts'
import { TestDatabase } from '../../server/database.ts'
import { TestFolder } from '../../server/folder.ts'
import { clientProgram } from '../../server/programs.ts'
import type { Serving } from '../serving.ts'
import { ask, keyWith, made, serveBackups, sourceConfig } from './ground.ts'

/** The two scripts of the documented API, as they stand there but for what has to be filled in. */
const TRIGGER_AND_WAIT = `#!/bin/bash
API_KEY="dbackup_your_api_key"
BASE_URL="https://your-instance.com"

# 1. Trigger
RESPONSE=$(curl -s -X POST "\${BASE_URL}/api/jobs/\${JOB_ID}/run" \\
  -H "Authorization: Bearer \${API_KEY}")
EXECUTION_ID=$(echo "$RESPONSE" | jq -r '.executionId')

# 2. Poll
while true; do
  STATUS=$(curl -s "\${BASE_URL}/api/executions/\${EXECUTION_ID}" \\
    -H "Authorization: Bearer \${API_KEY}" | jq -r '.data.status')

  case "$STATUS" in
    "Success") echo "Done!"; exit 0 ;;
    "Failed")  echo "Failed!"; exit 1 ;;
    *) sleep 5 ;;
  esac
done
`

const DOWNLOAD_LATEST = `# 1. List files
FILES=$(curl -s "\${BASE_URL}/api/storage/\${STORAGE_ID}/files" \\
  -H "Authorization: Bearer \${API_KEY}")

# 2. Get latest file path
LATEST=$(echo "$FILES" | jq -r '.[0].path')

# 3. Generate download URL
URL=$(curl -s -X POST "\${BASE_URL}/api/storage/\${STORAGE_ID}/download-url" \\
  -H "Authorization: Bearer \${API_KEY}" \\
  -H "Content-Type: application/json" \\
  -d "{\\"file\\": \\"\${LATEST}\\"}" | jq -r '.url')

# 4. Download
wget -O latest_backup.sql.gz "$URL"
`

let serving: Serving
let folder: TestFolder
let source: TestDatabase
beforeAll(async () => {
  for (const program of ['bash', 'curl', 'jq', 'wget', 'gunzip'])
    if (!Bun.which(program)) throw new Error(`${program} is needed: apt-get install ${program}`)
  folder = await TestFolder.create()
  source = await TestDatabase.create(
    "CREATE TABLE public.users AS SELECT i AS id, 'user' || i || '@example.org' AS email FROM generate_series(1, 1000) AS i",
  )
  // The limits of the document: its scripts must do with them.
  serving = await serveBackups([])
})
afterAll(async () => {
  await serving[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function bash(script: string, variables: Record<string, string>) {
  const run = Bun.spawn(['bash', '-c', script], {
    cwd: folder.path,
    env: { PATH: process.env.PATH ?? '', ...variables },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ])
  return { exitCode: await run.exited, output, complaints }
}

test('the documented scripts run as they are, and what they download restores, masked', async () => {
  const { id: sourceId } = await made(serving, 'POST', '/api/adapters', {
    name: 'source',
    type: 'database',
    adapterId: 'postgres',
    config: sourceConfig(source.target),
  })
  const { id: destinationId } = await made(serving, 'POST', '/api/adapters', {
    name: 'destination',
    type: 'storage',
    adapterId: 'local-fs',
    config: { basePath: folder.file('backups') },
  })
  const dictionary = await made(serving, 'POST', '/api/dictionaries', {
    name: 'masks',
    text: JSON.stringify({
      dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
    }),
  })
  const profile = await made(serving, 'POST', '/api/encryption-profiles', { name: 'profile' })
  const job = await made(serving, 'POST', '/api/jobs', {
    name: 'Nightly "shop"',
    schedule: '0 2 * * *',
    sourceId,
    destinationId,
    dictionaryIds: [dictionary.id],
    encryptionProfileId: profile.id,
    compression: 'GZIP',
  })
  const API_KEY = await keyWith(serving, ['jobs:execute', 'history:read', 'storage:read', 'storage:download'])
  const BASE_URL = serving.url.replace(/\/$/, '')
  const trigger = TRIGGER_AND_WAIT.replace('dbackup_your_api_key', API_KEY).replace(
    'https://your-instance.com',
    BASE_URL,
  )
  const triggered = await bash(trigger, { JOB_ID: job.id })
  const [execution] = await made(serving, 'GET', '/api/history')
  const { data } = await made(serving, 'GET', `/api/executions/${execution.id}?includeLogs=true`)
  expect([triggered.exitCode, triggered.output, data.error]).toEqual([0, 'Done!\n', null])
  expect(data).toMatchObject({
    type: 'Backup',
    status: 'Success',
    progress: 100,
    size: expect.any(Number),
    path: expect.stringMatching(/\.dump\.gz\.sealed$/),
  })

  const downloaded = await bash(DOWNLOAD_LATEST, { API_KEY, BASE_URL, STORAGE_ID: destinationId })
  expect([downloaded.exitCode, downloaded.complaints]).toEqual([0, expect.stringContaining('saved')])
  expect(existsSync(folder.file('latest_backup.sql.gz'))).toBe(true)

  await using copy = await TestDatabase.create()
  const { path: pgRestore } = await clientProgram('pg_restore')
  const restored = await bash(
    `gunzip -c latest_backup.sql.gz | '${pgRestore}' --exit-on-error --dbname '${copy.name}'`,
    clientEnvironment(copy.target, process.env),
  )
  expect([restored.exitCode, restored.complaints]).toEqual([0, ''])
  const question = "SELECT string_agg(email, ',' ORDER BY id) FROM public.users"
  const expected = await source.value("SELECT string_agg(md5(email), ',' ORDER BY id) FROM public.users")
  expect(await copy.value(question)).toBe(expected as string)
}, 60_000)

test('the script that waits tells of a failure', async () => {
  const [job] = await made(serving, 'GET', '/api/jobs')
  const { sourceId } = job
  await made(serving, 'PUT', `/api/adapters/${sourceId}`, { config: { port: 1 } })
  const script = TRIGGER_AND_WAIT.replace('dbackup_your_api_key', 'the-token-of-the-test').replace(
    'https://your-instance.com',
    serving.url.replace(/\/$/, ''),
  )
  const { exitCode, output } = await bash(script, { JOB_ID: job.id })
  expect([exitCode, output]).toEqual([1, 'Failed!\n'])
  expect((await ask(serving, 'GET', '/api/history')).body[0].status).toBe('Failed')
}, 60_000)
