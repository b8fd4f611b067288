import { describe, expect, it } from 'vitest'
import type { Expectation } from '@shared/report/doors'
import { basisWords, expectWords, roughWords, usuallyBy } from '../src/expect/words'
import en from '../src/words/en'
import zh from '../src/words/zh'

const saying = (words: object) => (key: string, named: Record<string, unknown>): string => {
  const sentence = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], words)
  return String(sentence).replace(/\{(\w+)\}/g, (_all, name: string) => String(named[name]))
}
const told: Expectation = { level: 'township', area: '350203008', area_zh: '梧村街道', area_en: 'Wucun Subdistrict', days: 90, done: 127, waiting: 0, duration_s_p50: 9_000, duration_s_p90: 24_500 }

describe('how long it takes, as one says it', () => {
  it('is rounded up, never down', () => {
    expect([60, 601, 3500, 3600, 3601, 24_500, 172_800, 172_801].map((s) => roughWords(s, 'en'))).toEqual(['10 min', '20 min', '1 h', '1 h', '2 h', '7 h', '48 h', '3 days'])
    expect(roughWords(24_500, 'zh')).toBe('7 小时')
  })

  it('names nine of ten and half, and on what it rests', () => {
    expect(expectWords(told, 'en', saying(en))).toBe('9 of 10 like this were done within 7 h, half within 3 h.')
    expect(expectWords(told, 'zh', saying(zh))).toBe('同类的 10 件里有 9 件在 7 小时内办结，一半在 3 小时内。')
    expect(basisWords(told, 'en', saying(en))).toContain('127 done cases of this kind in Wucun Subdistrict')
    expect(basisWords({ ...told, waiting: 4 }, 'zh', saying(zh))).toContain('还在办的 4 件也算在内')
  })

  it('promises nothing where too many still wait', () => {
    const slow = { ...told, duration_s_p90: null }
    expect(expectWords(slow, 'en', saying(en))).toBe('Half of those like this were done within 3 h; too many still wait to say more.')
    expect(usuallyBy('2026-11-22T08:00:00Z', slow)).toBeNull()
  })

  it('gives the moment of one report, to the full hour after it', () => {
    expect(usuallyBy('2026-11-22T08:00:00Z', told)).toBe(Date.parse('2026-11-22T15:00:00Z'))
  })
})
