import type { Language } from '@shared/api/types'
import type { Expectation } from '@shared/report/doors'

type Translate = (key: string, named: Record<string, unknown>) => string

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const TEN_MINUTES_S = 10 * MINUTE_S
const HOURS_UP_TO_S = 2 * DAY_S

/** A length of time as one says it, rounded up so that nothing is promised too early: 40 min, 7 h, 3 days. */
export function roughWords(seconds: number, language: Language): string {
  const zh = language === 'zh'
  if (seconds < HOUR_S) {
    const minutes = Math.max(1, Math.ceil(seconds / TEN_MINUTES_S)) * 10
    if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`
  }
  if (seconds <= HOURS_UP_TO_S) {
    const hours = Math.max(1, Math.ceil(seconds / HOUR_S))
    return zh ? `${hours} 小时` : `${hours} h`
  }
  const days = Math.ceil(seconds / DAY_S)
  return zh ? `${days} 天` : `${days} days`
}

/** What may be expected, in a sentence; where too many still wait for the slow tenth, that is said. */
export function expectWords(told: Expectation, language: Language, t: Translate): string {
  const half = roughWords(told.duration_s_p50, language)
  if (told.duration_s_p90 === null) return t('expect.half', { half })
  return t('expect.most', { most: roughWords(told.duration_s_p90, language), half })
}

/** On what it rests: how many cases, where, since when, and how many of them still wait. */
export function basisWords(told: Expectation, language: Language, t: Translate): string {
  const named = { n: told.done, area: language === 'zh' ? told.area_zh : told.area_en, days: told.days, waiting: told.waiting }
  return t(told.waiting > 0 ? 'expect.basisWaiting' : 'expect.basis', named)
}

/** By when nine of ten reports of this age are done, epoch milliseconds rounded up to the hour; null where that is not known. */
export function usuallyBy(openedAt: string, told: Expectation): number | null {
  if (told.duration_s_p90 === null) return null
  const hour = HOUR_S * 1000
  return Math.ceil((Date.parse(openedAt) + told.duration_s_p90 * 1000) / hour) * hour
}
