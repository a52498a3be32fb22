import { Fault } from '../../lib/fault.ts'
import { checksumOf, FIELDS, folderOf, MAGIC, paddingOf, REGULAR_FILE, TAR_BLOCK } from './format.ts'

/** A tar numbers pieces; that many fit the name of a member. */
const MOST_MEMBERS = 10 ** 15

/**
 * Makes members of a tar of the pieces of one database's archive, each numbered: `tar -xOf f.tar shop.dump` gives them
 * one behind the other, in the order in which they stand, whatever their numbers. `createdAt` is in seconds since 1970.
 * Throws `backup-format` where the database's name, encoded, has more than 155 bytes.
 */
export function tarMember(database: string, createdAt: number): (content: Uint8Array) => Uint8Array {
  const folder = new TextEncoder().encode(folderOf(database))
  if (folder.length > FIELDS.prefix[1]) {
    throw new Fault(
      'backup-format',
      `The name of the database ${JSON.stringify(database)} does not fit into a tar.`,
      {
        remedy: 'Back it up by itself, without others in the same file.',
      },
    )
  }
  let number = 0
  return (content) => {
    if (++number > MOST_MEMBERS) throw new Error('too many members for one tar')
    const member = new Uint8Array(TAR_BLOCK + content.length + paddingOf(content.length))
    writeHeader(member.subarray(0, TAR_BLOCK), folder, String(number), content.length, createdAt)
    member.set(content, TAR_BLOCK)
    return member
  }
}

function writeHeader(
  header: Uint8Array,
  folder: Uint8Array,
  name: string,
  size: number,
  createdAt: number,
): void {
  const put = (field: keyof typeof FIELDS, text: string) => {
    header.set(new TextEncoder().encode(text), FIELDS[field][0])
  }
  put('name', name)
  header.set(folder, FIELDS.prefix[0])
  put('mode', octal('mode', 0o600))
  put('uid', octal('uid', 0))
  put('gid', octal('gid', 0))
  put('size', octal('size', size))
  put('mtime', octal('mtime', Math.floor(createdAt)))
  put('type', REGULAR_FILE)
  put('magic', MAGIC)
  put('checksum', `${checksumOf(header).toString(8).padStart(6, '0')}\0 `)
}

/** Octal digits and a NUL, filling the field. */
function octal(field: keyof typeof FIELDS, value: number): string {
  return `${value.toString(8).padStart(FIELDS[field][1] - 1, '0')}\0`
}
