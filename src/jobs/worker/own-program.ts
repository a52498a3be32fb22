import { resolve } from 'node:path'

/** Where a program that `bun build --compile` made keeps its modules. */
const COMPILED = '/$bunfs/'

/** The command that starts pgveil again: the binary itself, or Bun with our sources. */
export function ownProgram(): string[] {
  return import.meta.dir.startsWith(COMPILED)
    ? [process.execPath]
    : [process.execPath, resolve(import.meta.dir, '../../main.ts')]
}
