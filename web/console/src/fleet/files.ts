/** A file as text: UTF-8, or GB 18030 where it is not, as Chinese office programs write. */
export function decoded(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

export const textOf = async (file: Blob): Promise<string> => decoded(await file.arrayBuffer())

const SEPARATORS = [',', '\t', ';', ',']

/** The rows of a table: commas, tabs or semicolons, whichever the first line has most of; a quoted cell may hold them, and lines. Blank rows stay, so that rows keep their numbers. */
export function rowsOf(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const head = plain.slice(0, plain.search(/\n|$/))
  const separator = SEPARATORS.reduce((most, one) => (head.split(one).length > head.split(most).length ? one : most))
  const rows: string[][] = [['']]
  let quoted = false
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain.charAt(at)
    const row = rows.at(-1)!
    if (quoted && letter === '"' && plain.charAt(at + 1) === '"') {
      row[row.length - 1] += '"'
      at += 1
    } else if (letter === '"' && (quoted || row.at(-1) === '')) quoted = !quoted
    else if (!quoted && letter === separator) row.push('')
    else if (!quoted && letter === '\n') rows.push([''])
    else row[row.length - 1] += letter
  }
  if (rows.at(-1)!.every((cell) => cell === '')) rows.pop()
  return rows.map((row) => row.map((cell) => cell.trim()))
}

/** Where the column with one of these heads stands; -1 without one. */
export const columnOf = (head: readonly string[], names: readonly string[]): number => head.findIndex((cell) => names.includes(cell.toLowerCase()))
