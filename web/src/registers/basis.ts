// Where a duty stands, as the public reads it: the letters of certainty in words, files of the project's own left out.

/** «[A]» and «[B]» go; «[C]» and «[U]» become the words for what nobody has checked. */
export function basisInWords(text: string, unverified: string): string {
  const doubtful = /\[[^\]]*[CU][^\]]*\]/.test(text)
  const plain = text
    .replace(/\s*[（(]?[a-z_]+\.md(?:\s*§\s*[\d.]+)?\s*(?:\[[^\]]*\])?\s*[)）]?/g, '')
    .replace(/\s*\[[^\]]*\]/g, '')
    .replace(/[\s，,；;]+$/, '')
    .trim()
  return doubtful ? `${plain}${plain === '' ? '' : ' '}${unverified}` : plain
}
