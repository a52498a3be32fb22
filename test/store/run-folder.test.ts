import { expect, test } from 'bun:test'
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { containedPath } from '../../src/store/contained-path.ts'
import { RunFolder } from '../../src/store/run-folder.ts'
import { TestFolder } from '../server/folder.ts'

const newFolder = (home: string) => RunFolder.create(home, 'an-id', new Date(Date.UTC(2030, 11, 31, 23, 59)))

test('lies under its day of UTC', async () => {
  await using home = await TestFolder.create()
  const folder = await newFolder(home.path)
  expect(folder.name).toBe('2030/12/31/an-id')
  expect(folder.path).toBe(home.file('runs/2030/12/31/an-id'))
  expect(RunFolder.at(home.path, folder.name).path).toBe(folder.path)
})

test.each(['', '.', '..', '../x', 'a/b', 'a\0', 'x'.repeat(200)])('%j is no id of a run', async (id) => {
  await using home = await TestFolder.create()
  expect(RunFolder.create(home.path, id, new Date())).rejects.toThrow('id of a run')
})

test('gives back the dictionaries that it keeps, whatever their names', async () => {
  await using home = await TestFolder.create()
  const folder = await newFolder(home.path)
  const sources = ['a.json', '../../etc/passwd', '世界/ü.py', 'a.json', '', 'x'.repeat(500)].map(
    (name, at) => ({
      name,
      text: `text ${at} 世界`,
    }),
  )
  const input = { kind: sources, other: [{ name: 'n', text: 't', additionalInfo: { deep: [1, null] } }] }
  await folder.saveListedInput(input)
  await folder.saveOutput({ result: { name: 'out.py', text: '{}' } })
  expect(await folder.readDictionaries()).toEqual({ ...input, result: { name: 'out.py', text: '{}' } })
  expect(existsSync(home.file('etc'))).toBe(false)
})

test('gives the last lines of a log of any length', async () => {
  await using home = await TestFolder.create()
  const folder = await newFolder(home.path)
  expect(await folder.lastLogLines(10)).toEqual([])
  appendFileSync(folder.logFile, '')
  expect(await folder.lastLogLines(10)).toEqual([])
  const lines = Array.from({ length: 5000 }, (_, at) => `${at} ${'ü世界'.repeat(at % 40)}`)
  appendFileSync(folder.logFile, `${lines.join('\n')}\n`)
  for (const count of [1, 2, 1000, 4999, 5000, 10_000])
    expect(await folder.lastLogLines(count)).toEqual(lines.slice(-count))
  appendFileSync(folder.logFile, 'unfinished')
  expect(await folder.lastLogLines(2)).toEqual([lines.at(-1) ?? '', 'unfinished'])
})

test('no path leads out of a folder', async () => {
  await using home = await TestFolder.create()
  const part = fc.constantFrom('..', '.', '', 'a', 'b c', '世界', '...', '~', '-x', '%2e%2e', ' ')
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, absolute) => {
      const path = (absolute ? '/' : '') + parts.join('/')
      const place = await containedPath(home.path, path).catch(() => undefined)
      if (place !== undefined) expect(place.startsWith(`${home.path}/`)).toBe(true)
      if (parts.includes('..')) expect(place).toBeUndefined()
    }),
  )
  expect(await containedPath(home.path, '/a//b/./c/')).toBe(join(home.path, 'a/b/c'))
})
