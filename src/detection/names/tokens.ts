/** Letters that no decomposition takes apart, as people write them without their marks. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', œ: 'oe', ı: 'i' }

/**
 * The words of a name, in lower case and without accents: `customerEMailAddr2` is customer, e, mail, addr; `Geburts_Ort`
 * is geburts, ort. A change of case, of script, a digit and whatever is no letter ends a word.
 */
export function tokensOf(name: string): string[] {
  return [...name.normalize('NFKC').matchAll(WORD)].map(([word]) => foldWord(word))
}

/** A run of capitals, a word with one at its start or none, or letters of a script that has no case. */
const WORD =
  /\p{Lu}+(?![\p{Ll}\p{Lm}])|\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]+|\p{sc=Hangul}+|\p{Lo}+/gu

/** A word in the form in which packs and vocabularies hold it. */
export function foldWord(word: string): string {
  const lower = word.toLowerCase().replaceAll(/[ßłøđæœı]/g, (letter) => PLAIN[letter] ?? letter)
  return hasNoCase(lower) ? lower.normalize('NFC') : lower.normalize('NFD').replaceAll(/\p{M}/gu, '')
}

/** Chinese, Japanese and Korean are written without spaces, and their marks are part of the letter. */
export function hasNoCase(word: string): boolean {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(word)
}
