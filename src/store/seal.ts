import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { Fault } from '../lib/fault.ts'
import type { Secret } from '../lib/secret.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** The first byte of all that is sealed, so that another format can come later. */
const FORMAT = 1

const ITS_OWN_KEY = 'Start the server with the key that it had: PGVEIL_KEY, or the file key in PGVEIL_HOME.'

/** Seals texts that hold secrets for the state file: AES-256-GCM, each under a nonce of its own. */
export class Seal {
  readonly #key: Uint8Array

  private constructor(key: Uint8Array) {
    this.#key = key
  }

  /**
   * The key of PGVEIL_KEY (32 bytes, base64 or hexadecimal), else of the key file, which is made where there is none,
   * unless something is sealed already: a new key would open none of it. Throws `state-key`.
   */
  static async open(keyFile: string, given: Secret | undefined, sealedAlready = false): Promise<Seal> {
    if (given) return new Seal(decodeKey(given.reveal(), 'PGVEIL_KEY'))
    const text = await readKeyFile(keyFile)
    if (text !== undefined) return new Seal(decodeKey(text, keyFile))
    if (sealedAlready) {
      throw new Fault('state-key', 'The key that sealed what the state file holds is not there.', {
        place: { file: keyFile },
        remedy: ITS_OWN_KEY,
      })
    }
    return new Seal(await makeKeyFile(keyFile))
  }

  /** `purpose` binds what is sealed to its place: it opens for the same purpose only. */
  close(text: string, purpose: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(Buffer.from(purpose))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), body])
  }

  /** Throws `state-key` where it was sealed with another key, for another purpose, or was changed. */
  open(sealed: Uint8Array, purpose: string): string {
    try {
      if (sealed[0] !== FORMAT) throw new Error('unknown format')
      const bodyStart = 1 + NONCE_BYTES + TAG_BYTES
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 1 + NONCE_BYTES))
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, bodyStart))
      return Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()]).toString('utf8')
    } catch (error) {
      throw new Fault('state-key', 'What the state file holds was sealed with another key.', {
        remedy: ITS_OWN_KEY,
        cause: error,
      })
    }
  }
}

/**
 * On the disk before anything is sealed with it: the power may fail a moment later. It gets its name when it is whole, and
 * only where nobody has the name: of two processes that start at once, the later one takes the key of the other.
 */
async function makeKeyFile(keyFile: string): Promise<Uint8Array> {
  const own = `${keyFile}.${crypto.randomUUID()}`
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n`
  await writeFile(own, text, { mode: 0o600, flag: 'wx', flush: true })
  try {
    await chmod(own, 0o600)
    await link(own, keyFile)
    return decodeKey(text, keyFile)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return decodeKey((await readKeyFile(keyFile)) ?? '', keyFile)
  } finally {
    await rm(own, { force: true })
  }
}

async function readKeyFile(file: string): Promise<string | undefined> {
  const status = await stat(file).catch(() => undefined)
  if (!status) return undefined
  if ((status.mode & 0o077) !== 0) {
    throw new Fault('state-key', 'Others may read the key of the state file.', {
      place: { file },
      remedy: `chmod 600 ${file}`,
    })
  }
  return readFile(file, 'utf8')
}

function decodeKey(text: string, where: string): Uint8Array {
  const trimmed = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (key.length === KEY_BYTES) return key
  throw new Fault('state-key', `${where} holds no key: it must be 32 bytes, in base64 or hexadecimal.`, {
    remedy: 'Make one: openssl rand -base64 32.',
  })
}
