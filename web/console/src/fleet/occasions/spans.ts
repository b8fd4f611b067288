import { rowsOf } from '../files'

/** From and to as the form holds them: the city's wall time, 2026-12-01T08:00. */
export interface Span { from: string; to: string }
export type SpanState = 'now' | 'coming' | 'over'

const MOMENT = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::\d{2})?$/
const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })

/** A moment in the city's wall time, for a field of the form. */
export const wallOf = (moment: string | number): string => wall.format(typeof moment === 'number' ? moment : Date.parse(moment)).replace(' ', 'T')

/** The city's wall time as a moment for the server. */
export const momentOf = (text: string): string => `${text.slice(0, 16)}:00+08:00`

function read(text: string): string {
  const found = MOMENT.exec(text.trim())
  if (!found) return ''
  const [, year, month, day, hour, minute] = found
  const two = (part: string | undefined): string => String(part).padStart(2, '0')
  const made = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`
  const known = Date.parse(`${made}:00Z`)
  return Number.isNaN(known) || new Date(known).toISOString().slice(0, 16) !== made ? '' : made
}

/** Spans of a table with from and to in its first two columns, and the numbers of the rows that are none; a head and blank rows are left out. */
export function spansOf(text: string): { spans: Span[]; wrong: number[] } {
  const spans: Span[] = []
  const wrong: number[] = []
  rowsOf(text).forEach((row, at) => {
    if (row.every((cell) => cell === '')) return
    const [from, to] = [read(row[0] ?? ''), read(row[1] ?? '')]
    if (from && to && from < to) spans.push({ from, to })
    else if (at > 0 || /\d/.test(row.join(''))) wrong.push(at + 1)
  })
  return { spans: ordered(spans), wrong }
}

export const ordered = (spans: readonly Span[]): Span[] => [...spans].sort((a, b) => a.from.localeCompare(b.from))

/** Which rows of the form end before they start, or begin before another one has ended; by place. */
export function faults(spans: readonly Span[]): Map<number, 'backwards' | 'overlaps'> {
  const found = new Map<number, 'backwards' | 'overlaps'>()
  spans.forEach((one, at) => {
    if (!one.from || !one.to) return
    if (one.from >= one.to) found.set(at, 'backwards')
    else if (spans.some((other, place) => place !== at && other.from < other.to && one.from < other.to && other.from < one.to)) found.set(at, 'overlaps')
  })
  return found
}

/** Whether spans hold now, will, or are all over. */
export function stateOf(spans: readonly (readonly [string, string])[], now: number): SpanState {
  if (spans.some(([from, to]) => Date.parse(from) <= now && now < Date.parse(to))) return 'now'
  return spans.some(([from]) => Date.parse(from) > now) ? 'coming' : 'over'
}
