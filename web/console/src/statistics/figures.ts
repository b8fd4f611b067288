import type { ApiClient } from '@shared/api/client'
import type { CasePage } from '@shared/api/types'
import { pick } from '@shared/i18n'

/** One figure with what it was made of; `why` says why there is no number (Chinese, English). */
export interface Figure {
  numerator: number | null
  denominator: number | null
  value: number | null
  unclocked?: number
  why?: [string, string]
}

export interface IndicatorRow {
  group: string
  step: string
  cases: number
  indicators: Record<string, Figure>
}

export interface LeagueRow {
  group: string
  numerator: number
  denominator: number
  raw: number
  corrected: number
  corrected_low: number
  corrected_high: number
  /** Among those that can be compared; null where nobody does the same work. */
  rank: number | null
  raw_rank: number
  rank_best: number | null
  rank_worst: number | null
  /** Which share of its classes' other cases is done by others; near 0 there is nobody to compare with. */
  peers: number
}

export interface CurveRow {
  group: string
  due: number
  unfinished: number
  shares: number[]
}

export interface HeatRow {
  group: string
  cases: number
  late: number
  lon: number
  lat: number
}

export interface ClockRow {
  group: string
  reason: string
  cases: number
  hours: number
}

export interface Cite {
  ledger_position: number
  checkpoint: string | null
  query_version: string
  computed_at: string
}

export interface Answer<Row> {
  cite: Cite
  figures: { rows: Row[]; step_of_limit?: number }
  names: Record<string, [string, string]>
}

/** What the page asks for: days of the city, an area, a class. */
export interface Asked {
  from: string
  to: string
  place: string
  class: string
}

export const GROUPS = ['unit', 'area', 'class', 'person'] as const
export type Group = (typeof GROUPS)[number]
export const HEADLINES = ['close_rate', 'handle_ontime_rate', 'rework_rate', 'satisfaction_rate', 'overdue_rate', 'suspend_rate'] as const
export const TREND = ['handle_ontime_rate', 'close_ontime_rate', 'filing_ontime_rate'] as const

/** Every indicator in the order of the standard, with its two names and whether high is good. */
export const INDICATORS: readonly (readonly [id: string, zh: string, en: string, good: 'high' | 'low' | ''])[] = [
  ['report_valid_rate', '有效上报率', 'Valid reports', 'high'],
  ['public_report_rate', '公众举报率', 'Reported by the public', ''],
  ['verify_ontime_rate', '按时核实率', 'Verified in time', 'high'],
  ['check_ontime_rate', '按时核查率', 'Checked in time', 'high'],
  ['missed_rate', '漏报率', 'Missed by patrols', 'low'],
  ['filing_rate', '立案率', 'Filed', ''],
  ['filing_accurate_rate', '准确立案率', 'Filed rightly', 'high'],
  ['filing_ontime_rate', '按时立案率', 'Filed in time', 'high'],
  ['dispatch_rate', '派遣率', 'Dispatched', 'high'],
  ['dispatch_accurate_rate', '准确派遣率', 'Dispatched rightly', 'high'],
  ['dispatch_ontime_rate', '按时派遣率', 'Dispatched in time', 'high'],
  ['handle_rate', '处置率', 'Handled', 'high'],
  ['handle_ontime_rate', '按期处置率', 'Handled in time', 'high'],
  ['overdue_rate', '超期处置率', 'Handled late', 'low'],
  ['not_handled_rate', '超期未处置率', 'Late and not handled', 'low'],
  ['rework_rate', '返工率', 'Reworked', 'low'],
  ['return_rate', '推诿/回退率', 'Wrongly returned', 'low'],
  ['delay_rate', '缓办率', 'Delayed', 'low'],
  ['suspend_rate', '挂账率', 'Suspended', 'low'],
  ['close_rate', '结案率', 'Closed', 'high'],
  ['close_ontime_rate', '按期结案率', 'Closed in time', 'high'],
  ['self_handle_rate', '自行处置率', 'Fixed on the spot', 'high'],
  ['satisfaction_rate', '公众满意率', 'Satisfied', 'high'],
  ['repeat_rate', '复发率', 'Came back', 'low'],
]
const BY_ID = new Map(INDICATORS.map((one) => [one[0], one]))

export const nameOf = (id: string): string => {
  const one = BY_ID.get(id)
  return one ? pick(one[1], one[2]) : id
}

/** The name of a group of an answer, or its code. */
export const groupName = (answer: Pick<Answer<unknown>, 'names'>, group: string): string => {
  const pair = answer.names[group]
  return (pair ? pick(pair[0], pair[1]) : '') || group
}

export const percent = (value: number | null | undefined, digits = 1): string => (value === null || value === undefined ? '—' : `${(100 * value).toFixed(digits)} %`)

/** The change in points, and whether it is for the better (null: neither, or not to be said). */
export function change(id: string, now: number | null | undefined, before: number | null | undefined): { words: string; better: boolean | null } {
  if (now === null || now === undefined || before === null || before === undefined) return { words: '—', better: null }
  const points = 100 * (now - before)
  const words = `${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(2)}`
  const good = BY_ID.get(id)?.[3]
  return { words, better: !good || Math.abs(points) < 0.005 ? null : points > 0 === (good === 'high') }
}

const DAY_MS = 86_400_000
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The period of the same length just before; a whole month is compared with the month before. */
export function before(from: string, to: string): Period {
  const first = Date.parse(from)
  const last = Date.parse(to)
  const end = first - DAY_MS
  const wholeMonth = from.endsWith('-01') && day(last + DAY_MS).endsWith('-01') && from.slice(0, 7) === to.slice(0, 7)
  return { from: wholeMonth ? `${day(end).slice(0, 7)}-01` : day(first - (last - first) - DAY_MS), to: day(end) }
}

export interface Period {
  from: string
  to: string
}

/** First and last day of the month that a day of the city lies in, not beyond that day. */
export const monthOf = (today: string): Period => ({ from: `${today.slice(0, 7)}-01`, to: today })

/** In its first week a month has little to show; what people ask for then is the one before. */
const EARLY_DAYS = 7
const lastMonth = (today: string): Period => {
  const last = day(Date.parse(`${today.slice(0, 7)}-01`) - DAY_MS)
  return { from: `${last.slice(0, 7)}-01`, to: last }
}

/** The periods that are asked for most, by name. */
export const PERIODS: Record<string, (today: string) => Period> = {
  month: monthOf,
  last: lastMonth,
  days30: (today) => ({ from: day(Date.parse(today) - 29 * DAY_MS), to: today }),
  year: (today) => ({ from: day(Date.parse(today) - 364 * DAY_MS), to: today }),
}

/** What is shown first: this month, and in its first week the one before. */
export const usualPeriod = (today: string): Period => (Number(today.slice(8)) <= EARLY_DAYS ? lastMonth(today) : monthOf(today))

/** A table as CSV for office programs; cells that look like formulas are kept as text. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : String(value)
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** The doors of the statistics. */
export class StatisticsDoors {
  constructor(private readonly client: ApiClient) {}

  indicators = (asked: Asked, by: Group | 'all', signal?: AbortSignal): Promise<Answer<IndicatorRow>> =>
    this.client.get('/statistics/indicators', { ...asked, by, level: asked.place.length >= 6 ? 9 : 6 }, signal)
  areas = (asked: Asked, signal?: AbortSignal): Promise<Answer<IndicatorRow>> => this.client.get('/statistics/indicators', { from: asked.from, to: asked.to, by: 'area', level: 9 }, signal)
  league = (asked: Asked, indicator: string, signal?: AbortSignal): Promise<Answer<LeagueRow>> => this.client.get('/statistics/league', { ...asked, indicator, least: 5 }, signal)
  trend = (asked: Asked, step: string, signal?: AbortSignal): Promise<Answer<IndicatorRow>> => this.client.get('/statistics/trend', { ...asked, step }, signal)
  punctuality = (asked: Asked, signal?: AbortSignal): Promise<Answer<CurveRow>> => this.client.get('/statistics/punctuality', { ...asked }, signal)
  heat = (asked: Asked, signal?: AbortSignal): Promise<Answer<HeatRow>> => this.client.get('/statistics/heat', { ...asked, level: 15 }, signal)
  stopclock = (asked: Asked, signal?: AbortSignal): Promise<Answer<ClockRow>> => this.client.get('/statistics/stopclock', { ...asked }, signal)
  cases = (asked: Asked, indicator: string, part: string, by: Group | 'all', group: string, cursor: string): Promise<CasePage> =>
    this.client.get(`/statistics/indicators/${indicator}/cases`, { ...asked, part, by, group, cursor, level: asked.place.length >= 6 ? 9 : 6 })
}
