import { expect, test } from 'bun:test'
import { readJobsFile } from '../../../src/jobs/definitions/jobs-file.ts'
import { faultOf } from '../jobs-of-test.ts'

const read = (text: string, environment: Record<string, string> = {}) =>
  readJobsFile(text, 'jobs.yaml', environment)

const kept = (name: string, more = '') =>
  `destinations: [{ name: ${name}, adapterId: local-fs, config: { basePath: /b${more} } }]`

test('variables stand in any text, a dollar is written twice, and what a variable holds is not read again', () => {
  const { destinations } = read(kept(`"$$ $x $$\${A}\${B_1}$$\{A}"`), {
    A: `\${B_1}`,
    B_1: 'a: [*x]\n"',
  })
  expect(destinations[0]?.name).toBe(`$ $x $\${B_1}a: [*x]\n"\${A}`)
})

test('a variable that is not there is refused by its name', async () => {
  const { code, message } = await faultOf(() => read(kept(`"\${HERE}\${MISSING}"`), { HERE: 's3cret' }))
  expect([code, message]).toEqual([
    'jobs-file',
    'The file of jobs cannot be used. The environment has no variable MISSING.',
  ])
})

test('aliases stand for what they mean, as far as that is bounded', async () => {
  const { destinations } = read(`
destinations:
  - &one { name: a, adapterId: local-fs, config: &config { basePath: /b } }
  - { name: b, adapterId: local-fs, config: *config }`)
  expect(destinations.map(({ config }) => config)).toEqual([{ basePath: '/b' }, { basePath: '/b' }])
  const levels = [...'bcdefgh'].map(
    (name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(', ')}]`,
  )
  const long = `a: &a ${'x'.repeat(100_000)}\nb: [${Array(1000).fill('*a').join(', ')}]`
  const bombs = [
    `a: &a [lol, lol]\n${levels.join('\n')}`,
    'jobs: &a [*a]',
    'jobs: &a { b: *a }',
    long,
    `jobs: ${'['.repeat(5000)}${']'.repeat(5000)}`,
    `jobs: ${'['.repeat(100_000)}`,
  ]
  for (const bomb of bombs) expect((await faultOf(() => read(bomb))).code).toBe('jobs-file')
})

test('what is no file of jobs is refused, and no value of it is told', async () => {
  const source = (fields: string) =>
    `sources: [{ name: a, adapterId: postgres, config: { host: h, user: u, ${fields} } }]`
  const wrong = [
    '',
    's3cret',
    '- s3cret',
    '\0s3cret',
    'sources: s3cret',
    'sources: [s3cret]',
    'surces: []',
    '__proto__: { a: s3cret }',
    `${source('password: s3cret')}]`,
    'sources: [{ name: [s3cret], adapterId: postgres, config: {} }]',
    'sources: [{ name: 7, adapterId: postgres, config: {} }]',
    'sources: [{ name: a, adapterId: postgres, config: s3cret }]',
    'sources: [{ name: a, adapterId: postgres, config: {}, production: s3cret }]',
    'encryptionProfiles: [{ name: a, key: [s3cret] }]',
    'dictionaries: [{ name: a, kind: s3cret, text: "" }]',
    'dictionaries: [{ name: a, kind: sensitive }]',
    'dictionaries: [{ name: a, kind: sensitive, text: s3cret, file: s3cret }]',
    'jobs: [{ name: a, schedule: "0 2 * * *", source: a }]',
    'jobs: [{ name: a, schedule: "0 2 * * *", source: a, destination: b, sourceId: s3cret }]',
  ]
  for (const text of wrong) {
    const { code, message } = await faultOf(() => read(text))
    expect([text, code]).toEqual([text, 'jobs-file'])
    expect(message).not.toContain('s3cret')
  }
})

test('a name that is there twice is refused, also among adapters of different types', async () => {
  const twice = `sources: [{ name: "a ", adapterId: postgres, config: { host: h, user: u } }]\n${kept('a')}`
  expect((await faultOf(() => read(twice))).message).toContain('"a" is there twice')
  const one = '{ name: a, kind: sensitive, text: "" }'
  expect((await faultOf(() => read(`dictionaries: [${one}, ${one}]`))).code).toBe('jobs-file')
})

test('a file of more than 16 million characters is refused before it is read', async () => {
  const begun = performance.now()
  expect((await faultOf(() => read('#'.repeat(16 * 1024 * 1024 + 1)))).code).toBe('jobs-file')
  expect(performance.now() - begun).toBeLessThan(1000)
})
