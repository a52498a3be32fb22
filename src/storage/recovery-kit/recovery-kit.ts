import { ZipFile } from 'yazl'
import type { Secret } from '../../lib/secret.ts'
import { keyBytes } from '../sealing/key.ts'
import script from './decrypt_backup.cjs' with { type: 'text' }
import windowsLauncher from './decrypt_drag_drop_windows.bat' with { type: 'text' }
import launcher from './decrypt_linux_mac.sh' with { type: 'text' }
import readme from './README.txt' with { type: 'text' }

/** Unix permissions with the type of a plain file, as they stand in a zip. */
const FOR_OWNER = 0o100600
const FOR_ALL = 0o100644
const PROGRAM = 0o100755

/**
 * A zip with which the backups of an encryption profile are opened without pgveil: the key in plain text, a script for
 * Node.js, launchers and a description. Whoever has it can read those backups.
 */
export async function recoveryKit(profile: {
  readonly id: string
  readonly name: string
  readonly key: Secret
}): Promise<Uint8Array> {
  const zip = new ZipFile()
  const add = (name: string, text: string, mode: number) => zip.addBuffer(Buffer.from(text), name, { mode })
  add('master.key', `${Buffer.from(keyBytes(profile.key)).toString('hex')}\n`, FOR_OWNER)
  add('decrypt_backup.js', script, PROGRAM)
  // cmd.exe finds its labels only where lines end with both.
  add('decrypt_drag_drop_windows.bat', windowsLauncher.replaceAll(/\r?\n/g, '\r\n'), FOR_ALL)
  add('decrypt_linux_mac.sh', launcher, PROGRAM)
  add(
    'README.txt',
    readme.replace('{{profile}}', () => `${onOneLine(profile.name)} (${profile.id})`),
    FOR_ALL,
  )
  zip.end()
  const pieces: Uint8Array[] = []
  for await (const piece of zip.outputStream) pieces.push(piece as Uint8Array)
  return Buffer.concat(pieces)
}

function onOneLine(name: string): string {
  return name.replaceAll(/\p{Cc}+/gu, ' ')
}
