import type { ApiClient } from '@shared/api/client'
import type { CaseRow } from '@shared/api/types'
import { pick } from '@shared/i18n'

export interface Reason {
  code: string
  zh: string
  en: string
}

/** A case in hand with the probability that it is finished late, and what raises it most. */
export interface ForecastRow extends CaseRow {
  late_probability: number
  why: Reason[]
  forecast_at: string
}

export interface ForecastPage {
  items: ForecastRow[]
  next: string | null
}

/** Of what was said in one tenth of the scale: how many, what on average, how many were late. */
export interface ReliabilityLine {
  from_share: number
  to_share: number
  rows: number
  said: number
  late: number
}

export interface Training {
  id: number
  trained_at: string
  samples: number
  tested: number
  brier: number
  brier_base: number
  brier_stage: number
  reliability: ReliabilityLine[]
  reason: string
}

export interface ModelAnswer {
  current: Training | null
  last: Training | null
}

export class ForecastDoors {
  constructor(private readonly client: ApiClient) {}

  cases(cursor: string, signal?: AbortSignal): Promise<ForecastPage> {
    return this.client.get<ForecastPage>('/forecast/cases', { limit: 100, cursor }, signal)
  }

  model(signal?: AbortSignal): Promise<ModelAnswer> {
    return this.client.get<ModelAnswer>('/forecast/model', {}, signal)
  }
}

/** A probability for people: whole percents, never 0 or 100 of what is not certain. */
export function chanceWords(share: number): number {
  if (share <= 0 || share >= 1) return share * 100
  return Math.min(99, Math.max(1, Math.round(share * 100)))
}

/** The reasons in the present language, in one line. */
export function whyWords(why: readonly Reason[]): string {
  return why.map((one) => pick(one.zh, one.en)).join(pick('；', '; '))
}

/** When the list was worked out: the oldest of its rows. */
export function workedOut(rows: readonly ForecastRow[]): string | null {
  return rows.reduce<string | null>((oldest, row) => (oldest === null || row.forecast_at < oldest ? row.forecast_at : oldest), null)
}

export interface Dot {
  x: number
  y: number
  r: number
  line: ReliabilityLine
}

/** Where each line of the table lies in a square plot of `side`, its corner at (0, side); the area of a dot grows with its rows. */
export function dotsOf(lines: readonly ReliabilityLine[], side: number, largest: number): Dot[] {
  const most = Math.max(1, ...lines.map((line) => line.rows))
  return lines.map((line) => ({ x: line.said * side, y: (1 - line.late) * side, r: Math.max(2.5, largest * Math.sqrt(line.rows / most)), line }))
}
