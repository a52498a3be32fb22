import { expect, test } from 'bun:test'
import { dirname, join, relative, resolve } from 'node:path'
import { Glob } from 'bun'

const SRC = resolve(import.meta.dir, '../src')

/** Layers from the top down; a folder imports from the layers below its own, and from its own layer. */
const LAYERS: readonly (readonly string[])[] = [
  ['main.ts'],
  ['cli', 'http', 'api'],
  ['jobs', 'operations'],
  ['compile', 'detection', 'dictionary', 'catalog', 'archive', 'postgres', 'storage', 'store'],
  ['lib', 'version.ts', 'embedded-files.d.ts'],
]

/** These see no clock, no disk and no socket. */
const PURE = ['compile', 'detection', 'dictionary', 'catalog', 'archive']

/** What the doors of lib/sql.ts are for, and who may go through each. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  fromParsedDictionary: ['compile/expression.ts'],
  fromShippedFile: ['postgres', 'operations', 'detection'],
}

interface Module {
  readonly path: string
  readonly text: string
  /** Paths of our own modules that it imports, inside src. */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

const modules: Module[] = []
for await (const file of new Glob('**/*.ts').scan(SRC)) {
  const text = await Bun.file(join(SRC, file)).text()
  const specifiers = [...text.matchAll(/^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'/gm)].map(
    ([, name]) => name ?? '',
  )
  const own = specifiers.filter((name) => name.startsWith('.') && name.endsWith('.ts'))
  modules.push({
    path: file,
    text,
    imports: own.map((name) => relative(SRC, resolve(SRC, dirname(file), name))),
    packages: specifiers.filter((name) => !name.startsWith('.')),
  })
}

const top = (path: string) => path.split('/')[0] ?? ''
const layerOf = (path: string) => LAYERS.findIndex((layer) => layer.includes(top(path)))

test('every module belongs to a layer', () => {
  expect(modules.filter((module) => layerOf(module.path) === -1).map((module) => module.path)).toEqual([])
  expect(modules.length).toBeGreaterThan(50)
})

test('imports point down', () => {
  const upward = modules.flatMap((module) =>
    module.imports
      .filter((imported) => layerOf(imported) < layerOf(module.path))
      .map((imported) => `${module.path} → ${imported}`),
  )
  expect(upward).toEqual([])
})

test('no surface imports its sibling', () => {
  const surface = (path: string) => (top(path) === 'api' ? path.split('/')[1] : undefined)
  const sideways = modules.flatMap((module) =>
    module.imports
      .filter(
        (imported) => surface(module.path) && surface(imported) && surface(imported) !== surface(module.path),
      )
      .map((imported) => `${module.path} → ${imported}`),
  )
  expect(sideways).toEqual([])
})

test('there are no circles', () => {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'open') circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (state.has(path)) return
    state.set(path, 'open')
    for (const imported of byPath.get(path)?.imports ?? []) visit(imported, [...trail, path])
    state.set(path, 'done')
  }
  for (const module of modules) visit(module.path, [])
  expect(circles).toEqual([])
})

test('the pure folders touch no disk, no socket, no clock and no child', () => {
  const forbidden =
    /^(node:(fs|net|http|https|tls|child_process|os|dns|dgram|worker_threads)|postgres$|hono|kysely|bun:sqlite)/
  const outside =
    /\b(Bun\.(spawn|serve|connect|listen|write|sleep)|Date\.now|new Date\(\)|performance\.now|process\.(env|cwd|argv)|fetch\()/
  const impure = modules
    .filter((module) => PURE.includes(top(module.path)))
    .flatMap((module) => [
      ...module.packages
        .filter((name) => forbidden.test(name))
        .map((name) => `${module.path} imports ${name}`),
      ...module.imports
        .filter((imported) => !['lib', 'version.ts', ...PURE].includes(top(imported)))
        .map((imported) => `${module.path} → ${imported}`),
      ...(outside.test(module.text)
        ? [`${module.path} looks outside: ${outside.exec(module.text)?.[0]}`]
        : []),
    ])
  expect(impure).toEqual([])
})

test('only main ends the process, but for a second interrupt', () => {
  const ending = modules
    .filter((module) => module.text.includes('process.exit('))
    .map((module) => module.path)
  expect(ending.sort()).toEqual(['cli/run.ts', 'main.ts'])
})

test('the command line and the servers alone write to standard output or error', () => {
  const speaking = modules
    .filter((module) => /process\.(stdout|stderr)|console\./.test(module.text))
    .map(({ path }) => path)
  expect(speaking.filter((path) => !['cli', 'http'].includes(top(path)))).toEqual([])
})

test('each door into SQL is used where it may be', () => {
  const trespassing = Object.entries(DOORS).flatMap(([door, allowed]) =>
    modules
      .filter((module) => module.path !== 'lib/sql.ts' && module.text.includes(`${door}(`))
      .filter((module) => !allowed.some((place) => module.path === place || top(module.path) === place))
      .map((module) => `${module.path} uses ${door}`),
  )
  expect(trespassing).toEqual([])
})

test('no folder or file is a drawer for anything', () => {
  const drawers = modules.filter((module) =>
    /(^|\/)(utils?|common|helpers?|managers?|misc)(\/|\.ts$)/.test(module.path),
  )
  expect(drawers.map((module) => module.path)).toEqual([])
})

test('no file is longer than 400 lines', async () => {
  const beside = await Array.fromAsync(new Glob('{bench,test}/**/*.ts').scan(resolve(SRC, '..')))
  const others = beside.map(async (path) => ({ path, text: await Bun.file(resolve(SRC, '..', path)).text() }))
  const long = [...modules, ...(await Promise.all(others))].filter(
    ({ text }) => text.split('\n').length > 400,
  )
  expect(beside.length).toBeGreaterThan(100)
  expect(long.map(({ path }) => path)).toEqual([])
})
