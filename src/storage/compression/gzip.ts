import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Pack } from '../../archive/data-stream.ts'
import { describeMember } from './gzip-member.ts'
import { openIsaL, type PackWithIsaL } from './isa-l.ts'

/**
 * libdeflate at level 1: 170 MB/s at a ratio of 2.6, where zlib in Bun gives 117 MB/s at the same ratio (level 2) or 200
 * at 1.6 (level 1).
 */
export const packByLibdeflate: Pack = async (block) =>
  describeMember(Bun.gzipSync(block as Uint8Array<ArrayBuffer>, { library: 'libdeflate', level: 1 }), block)

/** Opened when the first block comes. */
let isaL: { readonly pack: PackWithIsaL | undefined } | undefined

function openedIsaL(): PackWithIsaL | undefined {
  isaL ??= { pack: openIsaL() }
  return isaL.pack
}

/** On the spot, by the fastest that there is: ISA-L where it is installed, or else libdeflate. */
export const packHere: Pack = async (block) => {
  const member = openedIsaL()?.(block)
  return member ? describeMember(member, block) : packByLibdeflate(block)
}

const gzipOnPool = promisify(gzip)

/** zlib at level 2 on Bun's thread pool: dearer, but on as many cores as there are. */
export const packOnPool: Pack = async (block) => describeMember(await gzipOnPool(block, { level: 2 }), block)

/** What the thread that reads all rows can pack beside that: as many cores of server processes as keep it busy. */
const CORES_FED_BY_ISA_L = 4
const CORES_FED_BY_LIBDEFLATE = 2

/**
 * The spot is cheaper, the pool has more cores. For 590 MB of masked rows the server takes 7 s of CPU, reading them 1.2,
 * ISA-L 1.4, libdeflate 3.5 and the pool 5.1: the thread that reads and packs by itself is as busy as the server's
 * processes on 4 cores with ISA-L, and on 2 with libdeflate.
 */
export const packBest: Pack = (block) => {
  const cores = navigator.hardwareConcurrency
  const fed = openedIsaL() ? CORES_FED_BY_ISA_L : CORES_FED_BY_LIBDEFLATE
  return cores > fed ? packOnPool(block) : packHere(block)
}

/** What is packed in one gzip member. Throws what the library throws of one that is damaged. */
export type Unpack = (member: Uint8Array) => Promise<Uint8Array>

/** By libdeflate: 540 MB/s on one core, where zlib has 410. */
export const unpackHere: Unpack = async (member) =>
  Bun.gunzipSync(member as Uint8Array<ArrayBuffer>, { library: 'libdeflate' })

const gunzipOnPool = promisify(gunzip)

/** By zlib on Bun's thread pool. */
export const unpackOnPool: Unpack = (member) => gunzipOnPool(member)

/** Each process of a server takes 100 MB/s of rows of text; one thread unpacks and sends 330. */
const CORES_FED_BY_UNPACKING = 4

export const unpackBest: Unpack = (member) =>
  navigator.hardwareConcurrency > CORES_FED_BY_UNPACKING ? unpackOnPool(member) : unpackHere(member)

/** What packs on the spot, in words. */
export function gzipLibrary(): string {
  return openedIsaL() ? 'ISA-L' : 'libdeflate'
}
