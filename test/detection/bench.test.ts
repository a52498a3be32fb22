import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { TestFolder } from '../server/folder.ts'

const BENCH = join(import.meta.dir, '../../bench/detection.ts')

async function bench(...args: string[]) {
  const { BENCH_LABELLED_COLUMNS: _, ...env } = process.env
  const run = Bun.spawn([process.execPath, BENCH, ...args], { env, stdout: 'pipe', stderr: 'pipe' })
  const [output, complaints] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ])
  return { exitCode: await run.exited, output, complaints }
}

test('the bench without its file says how to get it', async () => {
  const { exitCode, complaints } = await bench()
  expect(exitCode).toBe(2)
  expect(complaints).toContain('BENCH_LABELLED_COLUMNS')
  expect(complaints).toContain('trl-lab/sensitive-data-detection')
})

test('the bench gives figures, and names columns but no value', async () => {
  await using folder = await TestFolder.create()
  const column = (label: string, ...records: string[]) => ({
    records,
    pii_gt: label,
    sensitivity_gt: label === 'None' ? 0 : 1,
  })
  const columns = {
    email: column('EMAIL_ADDRESS', 'xqzt1@example.org', 'xqzt2@example.org'),
    phone: column('None', '+44 20 7946 0123', '+44 20 7946 0124'),
    remark: column('PERSON_NAME', 'xqzt3', 'xqzt4'),
    size: column('None', '1', '2'),
  }
  await Bun.write(folder.file('columns.json'), JSON.stringify({ t: { columns }, empty: { columns: {} } }))
  const { exitCode, output, complaints } = await bench(folder.file('columns.json'))
  expect([exitCode, complaints]).toEqual([0, ''])
  expect(output).toContain('4 columns of 1 tables')
  expect(output).toMatch(/^personal, 13 types +P 0\.500 {2}R 0\.500 {2}F1 0\.500 {2}\(2 wanted, 2 found\)$/m)
  expect(output).toMatch(/^EMAIL_ADDRESS +P 1\.000 {2}R 1\.000/m)
  expect(output).toContain('t: phone: None, found PHONE')
  expect(output).toContain('t: remark: PERSON_NAME, found nothing')
  expect(output).not.toMatch(/xqzt|7946/)
})
