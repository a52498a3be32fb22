import { expect, test } from 'bun:test'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { faultOf } from '../../server/faults.ts'
import { TestFolder } from '../../server/folder.ts'
import { opened } from './places.ts'
import { bytesOf, megabytes, text } from './streams.ts'

const { signal } = new AbortController()
const mode = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8)

test('files and folders are for their owner alone, and the root is made by the first file', async () => {
  await using folder = await TestFolder.create()
  await using destination = await opened('local-fs', { basePath: folder.file('deep/base') })
  await destination.put('nightly/shop/file', text('x'), signal)
  expect(await mode(folder.file('deep/base/nightly/shop/file'))).toBe('600')
  for (const path of ['deep', 'deep/base', 'deep/base/nightly', 'deep/base/nightly/shop']) {
    expect(await mode(folder.file(path))).toBe('700')
  }
  await destination.remove('nightly/shop/file', signal)
  expect(await readdir(folder.file('deep/base'))).toEqual([])
})

test('a link to a file, to a folder or to nowhere leads nowhere', async () => {
  await using folder = await TestFolder.create()
  await mkdir(folder.file('outside'))
  await writeFile(folder.file('outside/secret'), 'secret')
  await mkdir(folder.file('base'))
  await symlink(folder.file('outside'), folder.file('base/folder'))
  await symlink(folder.file('outside/secret'), folder.file('base/file'))
  await symlink(folder.file('outside/nowhere'), folder.file('base/nowhere'))
  await using destination = await opened('local-fs', { basePath: folder.file('base') })
  for (const path of ['folder/secret', 'folder/new', 'file', 'nowhere']) {
    const acts = [
      () => destination.put(path, text('changed'), signal),
      () => bytesOf(destination.get(path, signal)),
      () => destination.find(path, signal),
      () => destination.remove(path, signal),
    ]
    for (const act of acts) expect((await faultOf(act())).code).toBe('path-refused')
  }
  expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  await destination.sweep('', signal)
  expect(await readdir(folder.file('outside'))).toEqual(['secret'])
  expect(await readFile(folder.file('outside/secret'), 'utf8')).toBe('secret')
})

test('a root that is itself a link is the operator’s choice', async () => {
  await using folder = await TestFolder.create()
  await mkdir(folder.file('disk'))
  await symlink(folder.file('disk'), folder.file('base'))
  await using destination = await opened('local-fs', { basePath: folder.file('base') })
  await destination.put('a/b', text('x'), signal)
  expect(await readFile(folder.file('disk/a/b'), 'utf8')).toBe('x')
  expect((await Array.fromAsync(destination.list('', signal))).map(({ path }) => path)).toEqual(['a/b'])
})

test('partial files are not listed, and are swept below the folder alone', async () => {
  await using folder = await TestFolder.create()
  await using destination = await opened('local-fs', { basePath: folder.path })
  for (const name of ['mine', 'mine2']) {
    await mkdir(folder.file(`${name}/deep`), { recursive: true })
    await writeFile(folder.file(`${name}/deep/x.dump.partial-0123456789abcdef`), 'x')
  }
  await destination.put('mine/whole.partial', text('x'), signal)
  expect((await Array.fromAsync(destination.list('', signal))).map(({ path }) => path)).toEqual([
    'mine/whole.partial',
  ])
  await destination.sweep('mine', signal)
  expect(await readdir(folder.file('mine'))).toEqual(['whole.partial'])
  expect(await readdir(folder.file('mine2/deep'))).toHaveLength(1)
})

test('a root that is a file, or lies below one, is told', async () => {
  await using folder = await TestFolder.create()
  await writeFile(folder.file('file'), 'x')
  for (const basePath of [folder.file('file'), folder.file('file/below')]) {
    await using destination = await opened('local-fs', { basePath })
    expect((await faultOf(destination.put('x', text('x'), signal))).message).toContain('file')
    expect((await faultOf(Array.fromAsync(destination.list('', signal)))).code).toMatch(
      /storage-failed|path-refused/,
    )
  }
})

test('the source of a file that fails like a disk is not taken for one', async () => {
  await using folder = await TestFolder.create()
  await using destination = await opened('local-fs', { basePath: folder.path })
  const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  const source = megabytes(2, () => {
    throw broken
  })
  expect(await destination.put('x', source, signal).catch((error) => error)).toBe(broken)
})

test('a root that cannot be made is told', async () => {
  await using destination = await opened('local-fs', { basePath: '/proc/none' })
  expect((await faultOf(destination.put('x', text('x'), signal))).code).toBe('storage-failed')
})
