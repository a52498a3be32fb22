/**
 * A gzip member that tells its own length, and whether its text ends with a line: in an extra field of its header (RFC 1952,
 * 2.3.1.1), which every gzip reads over. So members are taken from a file one by one without unpacking those before.
 */
export interface MemberDescription {
  /** Of the whole member, with its header and what stands behind it. */
  readonly bytes: number
  readonly endsLine: boolean
}

/** What stands before the extra field: 1f 8b, deflate, flags, time, how well packed, where. */
const HEADER_BYTES = 10
const FLAGS_AT = 3
const HAS_EXTRA = 4

/** Two bytes of the extra field's length, and its one subfield: a name of two, two of length, the length and the mark. */
const NAME = [0x50, 0x56]
const SUBFIELD_BYTES = 5
const EXTRA_HEAD = [4 + SUBFIELD_BYTES, 0, ...NAME, SUBFIELD_BYTES, 0]
const EXTRA_BYTES = EXTRA_HEAD.length + SUBFIELD_BYTES

/** So many bytes of a member hold its description. */
export const DESCRIBED_BYTES = HEADER_BYTES + EXTRA_BYTES

const LINE_FEED = 10

/** Describes a member with a plain header, as libraries make it of a block. What it gives shares no memory with either. */
export function describeMember(member: Uint8Array, block: Uint8Array): Uint8Array {
  if (member[FLAGS_AT] !== 0) throw new Error('a library made a gzip header that is not plain')
  const described = new Uint8Array(member.length + EXTRA_BYTES)
  described.set(member.subarray(0, HEADER_BYTES))
  described[FLAGS_AT] = HAS_EXTRA
  described.set(EXTRA_HEAD, HEADER_BYTES)
  const fields = new DataView(described.buffer)
  fields.setUint32(DESCRIBED_BYTES - SUBFIELD_BYTES, described.length, true)
  fields.setUint8(DESCRIBED_BYTES - 1, block.at(-1) === LINE_FEED ? 1 : 0)
  described.set(member.subarray(HEADER_BYTES), DESCRIBED_BYTES)
  return described
}

/** What a member says of itself; undefined of one that says nothing. `head` holds its first DESCRIBED_BYTES. */
export function readDescription(head: Uint8Array): MemberDescription | undefined {
  if (head.length < DESCRIBED_BYTES || head[0] !== 0x1f || head[1] !== 0x8b || head[FLAGS_AT] !== HAS_EXTRA)
    return undefined
  if (EXTRA_HEAD.some((byte, at) => head[HEADER_BYTES + at] !== byte)) return undefined
  const fields = new DataView(head.buffer, head.byteOffset, head.length)
  const bytes = fields.getUint32(DESCRIBED_BYTES - SUBFIELD_BYTES, true)
  return bytes > DESCRIBED_BYTES ? { bytes, endsLine: fields.getUint8(DESCRIBED_BYTES - 1) === 1 } : undefined
}
