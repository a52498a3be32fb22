import type { Manifest } from '../../src/archive/manifest.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Context } from '../../src/operations/context.ts'
import { type DumpResult, dump } from '../../src/operations/dump/dump.ts'
import type { DumpRequest, StreamDumpRequest } from '../../src/operations/dump/request.ts'
import { dumpToStream, type StreamDumpResult } from '../../src/operations/dump/stream.ts'
import { PLAIN_PLANNING, type PlanningRequest } from '../../src/operations/planning.ts'
import { refresh } from '../../src/operations/refresh/refresh.ts'
import type {
  RefreshCheck,
  RefreshOptions,
  RefreshRequest,
  RefreshResult,
} from '../../src/operations/refresh/request.ts'
import type { RestoreRequest } from '../../src/operations/restore/request.ts'
import { type RestoreResult, restore } from '../../src/operations/restore/restore.ts'
import {
  restoreFromStream,
  type StreamRestoreRequest,
  type StreamRestoreResult,
} from '../../src/operations/restore/stream.ts'
import type { ScanRequest } from '../../src/operations/scan/request.ts'
import type { ScanResult } from '../../src/operations/scan/result.ts'
import { scan } from '../../src/operations/scan/scan.ts'
import { type ValidateRequest, type Validation, validate } from '../../src/operations/validate/validate.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { packPiece } from '../../src/storage/compression/compression.ts'
import { clientProgram } from './programs.ts'

export function testContext(overrides: Partial<Context> = {}): Context {
  return {
    signal: new AbortController().signal,
    log: silentLog,
    clock: systemClock,
    onProgress: () => {},
    ...overrides,
  }
}

/** A dictionary as a value; the operations read it as they would a file. */
export function dictionary(value: unknown, name = 'masks.json') {
  return { name, text: JSON.stringify(value) }
}

export const noRules = dictionary({ dictionary: [] })

/** What every operation that plans is told, where the test says nothing else. */
export function planningOf(source: Target, overrides: Partial<PlanningRequest> = {}): PlanningRequest {
  return {
    ...PLAIN_PLANNING,
    source,
    dictionaries: [noRules],
    salt: undefined,
    lockWait: 5000,
    ...overrides,
  }
}

export const salt = new Secret("a 'salt' \\ of tests")

export async function dumpTo(
  source: Target,
  outputFolder: string,
  overrides: Partial<DumpRequest> = {},
  context = testContext(),
): Promise<DumpResult> {
  return dump(context, {
    ...planningOf(source),
    content: 'full',
    outputFolder,
    clearOutput: false,
    programs: { pgDump: (await clientProgram('pg_dump')).path, byMajor: new Map() },
    pgDumpOptions: [],
    ignorePrivileges: false,
    largeObjects: false,
    checkConstraints: true,
    jobs: 2,
    ...overrides,
  })
}

/** What a dump into a stream is told, where the test says nothing else. */
export async function streamRequest(
  source: Target,
  overrides: Partial<StreamDumpRequest> = {},
): Promise<StreamDumpRequest> {
  return {
    ...planningOf(source),
    content: 'full',
    programs: { pgDump: (await clientProgram('pg_dump')).path, byMajor: new Map() },
    pgDumpOptions: [],
    ignorePrivileges: false,
    checkConstraints: true,
    jobs: 2,
    pack: packPiece('NONE'),
    ...overrides,
  }
}

/** Dumps into a stream and gathers it; `onPiece` may hinder it. */
export async function streamOf(
  source: Target,
  overrides: Partial<StreamDumpRequest> = {},
  context = testContext(),
  onPiece: (piece: Uint8Array) => Promise<void> = async () => {},
): Promise<StreamDumpResult & { archive: Uint8Array }> {
  const pieces: Uint8Array[] = []
  let writing = false
  const result = await dumpToStream(context, await streamRequest(source, overrides), async (piece) => {
    if (writing) throw new Error('two pieces were written at once')
    writing = true
    pieces.push(piece)
    await onPiece(piece)
    writing = false
  })
  return { ...result, archive: new Uint8Array(Buffer.concat(pieces)) }
}

export async function validateAt(
  source: Target,
  overrides: Partial<ValidateRequest> = {},
  context = testContext(),
): Promise<Validation> {
  return validate(context, {
    ...planningOf(source),
    sample: 'all',
    jobs: 2,
    ...overrides,
  })
}

export async function restoreFrom(
  inputFolder: string,
  target: Target,
  overrides: Partial<RestoreRequest> = {},
  context = testContext(),
): Promise<RestoreResult> {
  return restore(context, {
    target,
    inputFolder,
    content: 'full',
    onlyTables: [],
    withoutTables: [],
    existing: 'refuse',
    programs: { pgRestore: (await clientProgram('pg_restore')).path, byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    dropCustomChecks: false,
    sequencesByMaxValue: false,
    disableChecks: false,
    jobs: 2,
    ...overrides,
  })
}

/** An archive that can be opened again and again, in pieces of a size. */
export function opener(archive: Uint8Array, pieceBytes = 100_000): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    for (let at = 0; at < archive.length; at += pieceBytes) yield archive.subarray(at, at + pieceBytes)
  }
}

export async function restoreStreamInto(
  target: Target,
  stream: { readonly archive: Uint8Array; readonly manifest: Manifest },
  overrides: Partial<StreamRestoreRequest> = {},
  context = testContext(),
): Promise<StreamRestoreResult> {
  return restoreFromStream(context, {
    target,
    manifest: stream.manifest,
    open: opener(stream.archive),
    programs: { pgRestore: (await clientProgram('pg_restore')).path, byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    jobs: 2,
    disableChecks: false,
    ...overrides,
  })
}

export const noCheck: RefreshCheck = {
  dictionaries: [],
  knownColumns: [],
  followKeys: false,
  findings: 'fail',
}

/** What a refresh is told, where the test says nothing else. */
export async function refreshOptions(
  target: Target,
  overrides: Partial<RefreshOptions> = {},
): Promise<RefreshOptions> {
  return {
    target,
    programs: { pgRestore: (await clientProgram('pg_restore')).path, byMajor: new Map() },
    pgRestoreOptions: [],
    ignorePrivileges: false,
    jobs: 2,
    check: noCheck,
    connections: 'end',
    keepOld: true,
    ...overrides,
  }
}

export async function refreshWith(
  target: Target,
  stream: { readonly archive: Uint8Array; readonly manifest: Manifest },
  overrides: Partial<RefreshRequest> = {},
  context = testContext(),
): Promise<RefreshResult> {
  const { archive, manifest } = stream
  const request = { ...(await refreshOptions(target)), manifest, open: opener(archive), ...overrides }
  return refresh(context, request)
}

/** Scans by a meta-dictionary given as a value; the tests say what differs. */
export async function scanAt(
  source: Target,
  meta: unknown,
  overrides: Partial<ScanRequest> = {},
  context = testContext(),
): Promise<ScanResult> {
  return scan(context, {
    source,
    metaDictionaries: meta === undefined ? [] : [dictionary(meta, 'meta.json')],
    sensitive: [],
    nonSensitive: [],
    mode: 'partial',
    partialRows: 1000,
    builtin: undefined,
    since: undefined,
    jobs: 2,
    statementTimeout: 60_000,
    lockWait: 5000,
    ...overrides,
  })
}
