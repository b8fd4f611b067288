import { columnOf, rowsOf } from '../files'

const HEADS = ['plate', 'plate number', 'number plate', '号牌', '车牌', '号牌号码', '车牌号', '车牌号码']

/** The plates of a table, one a row: the column that says so, else the first one; a head is left out, blank rows too. */
export function platesOf(text: string): string[] {
  const rows = rowsOf(text)
  const named = columnOf(rows[0] ?? [], HEADS)
  const body = named >= 0 ? rows.slice(1) : rows
  return body.map((row) => row[Math.max(0, named)] ?? '').filter(Boolean)
}

/** The lines as they stand, so that a line has the same number here and at the server. */
export const linesOf = (text: string): string[] => text.replace(/\r\n?/g, '\n').split('\n').map((line) => line.trim())

/** The text without some of its lines, counted from 1. */
export function without(text: string, lines: readonly number[]): string {
  const gone = new Set(lines)
  return linesOf(text).filter((_, at) => !gone.has(at + 1)).join('\n')
}

/** More plates under those that are there, each once. */
export function joined(text: string, more: readonly string[]): string {
  const there = linesOf(text).filter(Boolean)
  return [...new Set([...there, ...more])].join('\n')
}
