#!/usr/bin/env node
'use strict'
// Opens a sealed backup with the key of the recovery kit. Needs Node.js 18 or newer, and nothing else.
// The format is Tink's streaming AEAD AES256_GCM_HKDF_1MB, without associated data.

if (typeof require === 'undefined') {
  process.stderr.write(
    'A package.json in a folder above makes Node.js take this script for an ES module. Move the kit elsewhere.\n',
  )
  process.exit(1)
}
if (Number(process.versions.node.split('.')[0]) < 18) {
  process.stderr.write(`Node.js ${process.versions.node} is too old for this script: it needs 18 or newer.\n`)
  process.exit(1)
}

const { createDecipheriv, hkdfSync } = require('node:crypto')
const { lstat, open, readFile, rename, rm } = require('node:fs/promises')
const { basename, join, resolve } = require('node:path')

const HEADER_BYTES = 40
const TAG_BYTES = 16
const SEGMENT_BYTES = 1024 * 1024
const SUFFIX = '.sealed'

const USAGE = `Usage: node decrypt_backup.js [--key-file FILE] BACKUP${SUFFIX} [OUTPUT]

Without OUTPUT it is the backup's name without ${SUFFIX}. Without --key-file the key is in master.key beside this script.`

let interrupted = false
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    interrupted = true
  })
}

main(process.argv.slice(2)).then(
  (said) => {
    process.stdout.write(`${said}\n`)
  },
  (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  },
)

async function main(args) {
  const { help, keyFile, input, output } = readArguments(args)
  if (help) return USAGE
  const key = await readKey(keyFile)
  const source = await open(input, 'r').catch((error) => {
    throw new Error(`The backup ${input} cannot be read: ${error.message}`)
  })
  try {
    return await decrypt(source, input, key, output)
  } finally {
    await source.close()
  }
}

function readArguments(args) {
  const files = []
  let keyFile = join(__dirname, 'master.key')
  let options = true
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (!options || !arg.startsWith('-')) files.push(arg)
    else if (arg === '--') options = false
    else if (arg === '--help' || arg === '-h') return { help: true }
    else if (arg === '--key-file' && at + 1 < args.length) keyFile = args[++at]
    else throw new Error(`${arg} is not understood, or lacks its value.\n\n${USAGE}`)
  }
  if (files.length < 1 || files.length > 2) throw new Error(USAGE)
  const [input, given] = files
  if (given === undefined && !(input.endsWith(SUFFIX) && basename(input) !== SUFFIX)) {
    throw new Error(
      `The name ${input} does not end with ${SUFFIX}: say where the output shall go.\n\n${USAGE}`,
    )
  }
  return { keyFile, input, output: resolve(given === undefined ? input.slice(0, -SUFFIX.length) : given) }
}

async function readKey(file) {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new Error(`The key file ${file} cannot be read: ${error.message}`)
  })
  // An editor may have put a byte order mark before it.
  const digits = text.replace(/^\uFEFF/, '').trim()
  if (!/^[0-9a-f]{64}$/i.test(digits)) {
    throw new Error(`The file ${file} holds no key: a key has 64 hexadecimal digits.`)
  }
  return Buffer.from(digits, 'hex')
}

/** Nothing stands under the output's name before all of the backup has verified. */
async function decrypt(source, input, key, output) {
  const partial = `${output}.partial`
  await refuseExisting(output)
  const target = await open(partial, 'wx', 0o600).catch((error) => {
    throw error.code === 'EEXIST'
      ? new Error(
          `${partial} exists: another run is writing it, or was killed. If none is running, remove it.`,
        )
      : new Error(`${partial} cannot be written: ${error.message}`)
  })
  try {
    let bytes
    try {
      bytes = await decryptSegments(source, input, key, target)
      await target.sync()
    } finally {
      await target.close()
    }
    await refuseExisting(output)
    await rename(partial, output)
    return `Decrypted ${input} to ${output} (${bytes} bytes).`
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function refuseExisting(output) {
  const found = await lstat(output).catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`${output} cannot be written: ${error.message}`)
  })
  if (found) throw new Error(`${output} exists already. Remove it, or name another output.`)
}

async function decryptSegments(source, input, key, target) {
  const { size } = await source.stat()
  if (size < HEADER_BYTES + TAG_BYTES) throw damaged(input, 'it is cut, or is no sealed backup')
  const header = await readExactly(source, HEADER_BYTES, 0, input)
  if (header[0] !== HEADER_BYTES) throw damaged(input, 'it does not begin as a sealed backup does')
  const fileKey = Buffer.from(hkdfSync('sha256', key, header.subarray(1, 33), Buffer.alloc(0), 32))
  const prefix = header.subarray(33)

  let written = 0
  for (let number = 0, at = HEADER_BYTES; at < size; number++) {
    if (interrupted) throw new Error('Interrupted; nothing was written.')
    const end = Math.min(size, (number + 1) * SEGMENT_BYTES)
    const sealed = await readExactly(source, end - at, at, input)
    const plain = openSegment(fileKey, prefix, sealed, number, end === size)
    if (!plain) throw closedSegment(input, fileKey, prefix, sealed, number, end === size)
    await writeAll(target, plain)
    written += plain.length
    at = end
  }
  return written
}

/** The plain bytes of a segment; undefined where it does not verify. */
function openSegment(fileKey, prefix, sealed, number, last) {
  if (sealed.length < TAG_BYTES) return undefined
  const nonce = Buffer.alloc(12)
  prefix.copy(nonce)
  nonce.writeUInt32BE(number, 7)
  nonce.writeUInt8(last ? 1 : 0, 11)
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}

function closedSegment(input, fileKey, prefix, sealed, number, last) {
  if (openSegment(fileKey, prefix, sealed, number, !last)) {
    return damaged(input, last ? 'it is cut, its end is missing' : 'something stands behind its end')
  }
  if (number > 0) {
    return damaged(
      input,
      `it was changed or cut, or something stands behind its end (from byte ${number * SEGMENT_BYTES} on)`,
    )
  }
  return new Error(
    `${input} does not open: the key is not the one that it was sealed with, or the beginning of the file was changed. Nothing was written.`,
  )
}

function damaged(input, what) {
  return new Error(`${input} is damaged: ${what}. Nothing was written.`)
}

async function readExactly(source, length, position, input) {
  const bytes = Buffer.allocUnsafe(length)
  for (let size = 0; size < length; ) {
    const { bytesRead } = await source.read(bytes, size, length - size, position + size)
    if (bytesRead === 0) throw damaged(input, 'it became shorter while it was read')
    size += bytesRead
  }
  return bytes
}

async function writeAll(target, bytes) {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written)
    written += bytesWritten
  }
}
