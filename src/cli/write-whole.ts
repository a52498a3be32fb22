import { rename, rm, writeFile } from 'node:fs/promises'
import { Fault } from '../lib/fault.ts'

/** Writes a file of which a reader finds the old one or the new one, never a half. Throws `usage`. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    const code = error instanceof Error && 'code' in error ? `: ${error.code}` : ''
    throw new Fault('usage', `The file cannot be written${code}.`, {
      place: { file },
      remedy: 'Name a file in a folder that is there and that you may write to.',
    })
  }
}
