// Where a duty stands, as the public reads it: the letters of certainty in words.

/** «[A]» and «[B]» go; «[C]» and «[U]» become the words for what nobody has checked. */
export function basisInWords(text: string, unverified: string): string {
  const doubtful = /\[[^\]]*[CU][^\]]*\]/.test(text)
  const plain = text
    .replace(/\s*\[[^\]]*\]/g, '')
    .replace(/[\s，,；;]+$/, '')
    .trim()
  return doubtful ? `${plain}${plain === '' ? '' : ' '}${unverified}` : plain
}
