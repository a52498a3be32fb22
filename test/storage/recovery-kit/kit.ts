import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secret } from '../../../src/lib/secret.ts'
import { recoveryKit } from '../../../src/storage/recovery-kit/recovery-kit.ts'

export interface Ended {
  readonly exitCode: number
  readonly output: string
  readonly complaints: string
}

/** A program of this machine. Where it is missing the test fails and says how to get it. */
export function programOf(name: 'node' | 'unzip' | 'gunzip'): string {
  const path = Bun.which(name)
  if (path) return path
  const packages = { node: 'nodejs', unzip: 'unzip', gunzip: 'gzip' }
  throw new Error(`${name} is missing. Install it, on Debian by: apt-get install ${packages[name]}`)
}

export async function run(command: readonly string[], cwd: string): Promise<Ended> {
  const child = Bun.spawn([...command], { cwd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [output, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output, complaints }
}

/** A kit as a user has it before them: unzipped, into a folder whose name has blanks and quotes. */
export async function unzipKit(folder: string, key: Secret, name = 'Production "key"'): Promise<string> {
  const kit = join(folder, `the kit's "folder"`)
  await mkdir(kit, { recursive: true })
  const zip = join(folder, 'kit.zip')
  await writeFile(zip, await recoveryKit({ id: 'profile-1', name, key }))
  const { exitCode, complaints } = await run([programOf('unzip'), '-o', zip, '-d', kit], folder)
  if (exitCode !== 0) throw new Error(complaints)
  await chmod(kit, 0o700)
  return kit
}
