/**
 * The interchange format of tar (POSIX.1-1988, "ustar"), as far as archives of several databases need it: blocks of 512
 * bytes, a header before each member, its content filled up with zeros, and two blocks of zeros at the end.
 */
export const TAR_BLOCK = 512

/** The end of a tar. */
export const TAR_END = new Uint8Array(2 * TAR_BLOCK)

/** Where the fields of a header stand, and how many bytes they have. */
export const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

export const MAGIC = 'ustar\x0000'
export const REGULAR_FILE = '0'

/** Of a header, with its own field taken for blanks. */
export function checksumOf(header: Uint8Array): number {
  const [begin, length] = FIELDS.checksum
  const sum = header.reduce((total, byte) => total + byte, 0)
  const own = header.subarray(begin, begin + length).reduce((total, byte) => total + byte, 0)
  return sum - own + length * 0x20
}

/** Bytes of zeros behind a content of so many bytes. */
export function paddingOf(bytes: number): number {
  return (TAR_BLOCK - (bytes % TAR_BLOCK)) % TAR_BLOCK
}

const SUFFIX = '.dump'

/**
 * The folder of a database in a tar. What would lead elsewhere (`/`), what tar takes for an escape (`\`), what a terminal
 * obeys and the sign of this encoding itself stand as %XX, as in a URI.
 */
export function folderOf(database: string): string {
  const safe = database.replaceAll(/[\\/%\p{Cc}]/gu, (sign) => {
    return [...new TextEncoder().encode(sign)].map((byte) => `%${hexadecimal(byte)}`).join('')
  })
  return `${safe}${SUFFIX}`
}

function hexadecimal(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

/** The database of a folder; undefined where it is none of ours. */
export function databaseOf(folder: string): string | undefined {
  if (!folder.endsWith(SUFFIX)) return undefined
  const latin = Buffer.from(folder.slice(0, -SUFFIX.length)).toString('latin1')
  const plain = latin.replaceAll(/%([0-9A-F]{2})/g, (_, byte) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  )
  return Buffer.from(plain, 'latin1').toString()
}
