import type { ApiClient } from '@shared/api/client'
import { pick } from '@shared/i18n'

export type Names = Record<string, [string, string]>

export interface ReturnRow {
  key: string
  number: string
  title: string
  class: string
  place: string
  at: string
  unit_id: number | null
  by: string
  rule: string
  note: string
  to_arbiter: boolean
  sent_verb: string | null
  sent_by: string | null
  onward_verb: string | null
  onward_unit_id: number | null
  accepted_unit_id: number | null
  wait_hours: number | null
  hours_lost: number
}

export interface Total {
  group: string
  returns: number
  cases: number
  to_arbiter: number
  back_again: number
  hours_lost: number
  median_wait_hours: number | null
}

export interface ReturnLedger {
  count: number
  cases: number
  hours_lost: number
  items: ReturnRow[]
  next: string | null
  by_unit: Total[]
  by_rule: Total[]
  names: Record<'units' | 'rules' | 'classes' | 'places' | 'verbs', Names>
}

export interface Pair {
  low: number
  high: number
  cases: number
  numbers: string[]
  back: number
  arbiter: number
  hours_lost: number
  ruled: { unit_id: number; count: number }[]
}

export interface Move {
  from: number
  to: number
  count: number
}

export interface Pairs {
  returns: number
  hours_lost: number
  pairs: Pair[]
  moves: Move[]
  names: { units: Names }
}

export interface Ruling {
  class: string
  area: string
  kind: string
  count: number
  total: number
  right_today: number
  right_then: number | null
  replaces: number | null
  numbers: string[]
  why: '' | 'routed' | 'divided' | 'rare' | 'none'
  sentence_zh: string
  sentence_en: string
  today_why_zh: string
  today_why_en: string
  body: Record<string, string | number | null> | null
}

export interface Rulings {
  rulings: number
  door: string
  items: Ruling[]
}

export interface Silent {
  kind: 'all' | 'place' | 'class' | 'patrol' | 'unit'
  code: string
  rest: boolean
  zh: string
  en: string
  observed: number
  expected: number
  usual: number
  p: number
  q: number
  since: string
  last_day: string | null
  counts: number[]
  counts_from: string
  sentence_zh: string
  sentence_en: string
}

export interface Silence {
  from: string
  to: string
  days: number
  enough: boolean
  tested: number
  untested: number
  promise: number
  observed: number
  usual: number
  items: Silent[]
}

/** What the ledger of returns is asked for. */
export interface Asked {
  from: string
  to: string
  place: string
  unit: string
  rule: string
}

export const LEVELS = ['finest', 'cell', 'village', 'township'] as const
export const SPANS = [3, 7, 14] as const
export const MATRIX_MAX = 12

/** The name of a unit, rule, class or place; what has none keeps its code. */
export const named = (names: Names | undefined, key: string | number | null): string => {
  const pair = names?.[String(key ?? '')]
  return (pair ? pick(pair[0], pair[1]) : '') || String(key ?? '')
}

export interface Matrix {
  units: number[]
  cells: { from: number; to: number; count: number; row: number; column: number; share: number }[]
  /** Hand-overs between units that the picture has no room for. */
  left: number
}

/** Hand-overs as a square of the busiest units; `share` is of the fullest cell. */
export function matrixOf(moves: readonly Move[], most = MATRIX_MAX): Matrix {
  const busy = new Map<number, number>()
  for (const move of moves) {
    busy.set(move.from, (busy.get(move.from) ?? 0) + move.count)
    if (move.to !== move.from) busy.set(move.to, (busy.get(move.to) ?? 0) + move.count)
  }
  const units = [...busy].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most).map(([unit]) => unit)
  const at = new Map(units.map((unit, place) => [unit, place]))
  const top = Math.max(1, ...moves.map((move) => move.count))
  const cells: Matrix['cells'] = []
  let left = 0
  for (const move of moves) {
    const row = at.get(move.from)
    const column = at.get(move.to)
    if (row === undefined || column === undefined) left += move.count
    else cells.push({ ...move, row, column, share: move.count / top })
  }
  return { units, cells, left }
}

/** Bars of daily counts within a box, and from which of them on it is quiet. */
export function barsOf(counts: readonly number[], width: number, height: number): { x: number; y: number; width: number; height: number }[] {
  const step = width / Math.max(1, counts.length)
  const top = Math.max(1, ...counts)
  return counts.map((count, at) => {
    const tall = count ? Math.max(1, (count / top) * height) : 0
    return { x: at * step, y: height - tall, width: Math.max(0.5, step - 1), height: tall }
  })
}

/** Which bar is the first of the silence; days are those of the city. */
export const quietFrom = (one: Pick<Silent, 'since' | 'counts_from' | 'counts'>): number =>
  Math.min(one.counts.length, Math.max(0, Math.round((Date.parse(one.since) - Date.parse(one.counts_from)) / 86_400_000)))

/** Chances are told as people do: one in so many. */
export const chance = (q: number): string => (q >= 0.0001 ? q.toFixed(4).replace(/0+$/, '') : '< 0.0001')

/** Totals in the order of one of their numbers, largest first. */
export const sorted = (totals: readonly Total[], by: 'returns' | 'to_arbiter' | 'back_again' | 'hours_lost'): Total[] =>
  [...totals].sort((a, b) => b[by] - a[by] || b.returns - a.returns || a.group.localeCompare(b.group))

/** The doors of insight. */
export class InsightDoors {
  constructor(private readonly client: ApiClient) {}

  returns = (asked: Asked, cursor = '', signal?: AbortSignal): Promise<ReturnLedger> => this.client.get('/insight/returns', { ...asked, cursor, limit: 50 }, signal)
  pairs = ({ from, to, place }: Asked, signal?: AbortSignal): Promise<Pairs> => this.client.get('/insight/returns/pairs', { from, to, place }, signal)
  rulings = (to: string, place: string, signal?: AbortSignal): Promise<Rulings> => this.client.get('/insight/rulings', { to, place }, signal)
  silence = (level: string, days: number, place: string, signal?: AbortSignal): Promise<Silence> => this.client.get('/insight/silence', { level, days, place }, signal)
  route = (body: Record<string, string | number | null>): Promise<{ id: number }> => this.client.post('/masters/routes', body)
}
