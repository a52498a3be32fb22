/** The key of all of them. */
export const TINK_KEY = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')

/** What was sealed. */
export function tinkPlain(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) % 251)
}

/**
 * Files that Tink wrote: tink-go 2.9.0, `subtle.NewAESGCMHKDF(key, "SHA256", 32, 1048576, 0)` and its
 * `NewEncryptingWriter` without associated data. The header fixes the salt and the nonce prefix, so that the rest of a
 * file can be computed and compared by its SHA-256.
 */
export const TINK_FILES = [
  {
    plainBytes: 0,
    fileBytes: 56,
    header: '28429cb6ee61ca527e48f2b47e860706174956d2089f412f8a80c9132e0794b8a9f45bb98709402b',
    sha256: '61afe170e120ee0ed18cbd276427b08eb8a7e8b0e0659a74b1b75e22fd3ec952',
  },
  {
    plainBytes: 1,
    fileBytes: 57,
    header: '2896294dcfdd375341e08a5851c5adfa5e4c3ff33436768e6eff2dc9d750f73ef3cfbf500f240c49',
    sha256: '53cfa304cdc103d566c2902237ef943bec0d68d88cce9072f90251f4474d3566',
  },
  {
    plainBytes: 100,
    fileBytes: 156,
    header: '28fc58675b582a71163453fdf2a086317768c87fbb758fe9d1883ae4c6d65dc9303a0f8f364a4aca',
    sha256: '1c80b4febb7a26a25e08623eb54e6a819e0db411752a410af060d018077ce525',
  },
  {
    plainBytes: 1048519,
    fileBytes: 1048575,
    header: '288ad138e6ca027a41e9deb98ebb9a8c996aebf1d720b3c8717748d62d75780baf298d3914c89662',
    sha256: 'fd9ec907135d82aa6bd6bd9230b4bdfbcc573f4ca922e6c3bb882eb9665bf38e',
  },
  {
    plainBytes: 1048520,
    fileBytes: 1048576,
    header: '28d1601f7601d1d639437c2c2704c161736b443252cd3112bd34fa9f710f6ed1d49d7944608a0163',
    sha256: '237b447a5f955d8485c87f01ef284c784cd53f1e01281dfacd6053d12dae1d3d',
  },
  {
    plainBytes: 1048521,
    fileBytes: 1048593,
    header: '28c9ebb902601992dbf7156b5f731f8b56e9e0deb3402e80ceb02f818523de277658512e31d38ef4',
    sha256: 'ab74f5976427b44baf5ba1e9054042166c8b715877c2bff82191e7bfcb960cb2',
  },
  {
    plainBytes: 2097080,
    fileBytes: 2097152,
    header: '2880188b5cf2145d2319d72b017d457e35249dc09edc71cb8e64699551e7f170b91db04670106840',
    sha256: '0c442fdb8d0227d84e45ce413b38604478f4f4ef86dc3d058fc1347fbf8a1fa4',
  },
  {
    plainBytes: 2500000,
    fileBytes: 2500088,
    header: '28c5c53e53515f27fd151e197c7125fcf7f7a1ceec55344bba66c93b52d7a9cf1c0edf9462a5d32d',
    sha256: 'a2b723cf6b889d332fe00455fe1c10198925195bc5428f32715e15276e02b52d',
  },
]

/** The whole file of 100 bytes. */
export const TINK_FILE_OF_100 = Buffer.from(
  '28fc58675b582a71163453fdf2a086317768c87fbb758fe9d1883ae4c6d65dc9303a0f8f364a4aca7171132cccebbafddaeeffc934fc912e3f384261516f530934487f43bff0d567bd3fff300bdd726bab331a5eac3cac8859ffe3d591e763af94554b1fe53a433e16984f4a34adaab673aeaacac3e80ae936e9832df06d2b921ae342034d29bc9a59465ca01c969febba6fae6c8f0636de6552bcbc',
  'hex',
)
