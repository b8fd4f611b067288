import { mount } from '@vue/test-utils'
import { createI18n } from 'vue-i18n'
import { describe, expect, it } from 'vitest'
import { language } from '@shared/i18n'
import CalibrationPlot from '../src/forecast/CalibrationPlot.vue'
import { chanceWords, dotsOf, ForecastDoors, whyWords, workedOut, type ForecastRow, type ReliabilityLine } from '../src/forecast/forecast'
import en from '../src/words/en'
import zh from '../src/words/zh'
import { aRow } from './rows'

const LINES: ReliabilityLine[] = [
  { from_share: 0, to_share: 0.1, rows: 400, said: 0.06, late: 0.05 },
  { from_share: 0.5, to_share: 0.6, rows: 100, said: 0.55, late: 0.7 },
  { from_share: 0.8, to_share: 0.9, rows: 1, said: 0.85, late: 1 },
]
const row = (said: Partial<ForecastRow>): ForecastRow => ({ ...aRow({}), late_probability: 0.5, why: [], forecast_at: '2026-11-22T08:00:00Z', ...said }) as ForecastRow

describe('a probability', () => {
  it('is told in whole percents and is never certain unless it is', () => {
    expect(chanceWords(0.414)).toBe(41)
    expect(chanceWords(0.999)).toBe(99)
    expect(chanceWords(0.001)).toBe(1)
    expect(chanceWords(1)).toBe(100)
    expect(chanceWords(0)).toBe(0)
  })

  it('is as old as the oldest row of the list', () => {
    expect(workedOut([])).toBeNull()
    expect(workedOut([row({}), row({ forecast_at: '2026-11-22T07:50:00Z' })])).toBe('2026-11-22T07:50:00Z')
  })

  it('has its reasons in the language of the desk', () => {
    const why = [{ code: 'time', zh: '时限已用去 80%', en: '80 % of the limit is used' }, { code: 'untaken', zh: '单位尚未接单', en: 'its unit has not accepted it yet' }]
    language.value = 'zh'
    expect(whyWords(why)).toBe('时限已用去 80%；单位尚未接单')
    language.value = 'en'
    expect(whyWords(why)).toBe('80 % of the limit is used; its unit has not accepted it yet')
  })
})

describe('the calibration plot', () => {
  it('puts what was said to the right and what happened upwards', () => {
    const dots = dotsOf(LINES, 200, 10)
    expect(dots.map((dot) => [Math.round(dot.x), Math.round(dot.y)])).toEqual([[12, 190], [110, 60], [170, 0]])
    expect(dots.map((dot) => dot.r)).toEqual([10, 5, 2.5])
    expect(dotsOf([], 200, 10)).toEqual([])
  })

  it('draws a dot for each line and says each in words', () => {
    const i18n = createI18n({ legacy: false, locale: 'en', messages: { en, zh } })
    const plot = mount(CalibrationPlot, { props: { lines: LINES }, global: { plugins: [i18n] } })
    expect(plot.findAll('circle')).toHaveLength(3)
    expect(plot.findAll('li').map((one) => one.text())[1]).toBe('Said 55 %: 70 % were late, of 100')
  })
})

describe('the doors', () => {
  it('ask for the list page by page', async () => {
    const asked: unknown[] = []
    const client = { get: (...said: unknown[]) => (asked.push(said.slice(0, 2)), Promise.resolve({ items: [], next: null })) }
    const doors = new ForecastDoors(client as never)
    await doors.cases('abc')
    await doors.model()
    expect(asked).toEqual([['/forecast/cases', { limit: 100, cursor: 'abc' }], ['/forecast/model', {}]])
  })
})

describe('the words', () => {
  it('are there in both languages', () => {
    expect(Object.keys(zh.forecast).sort()).toEqual(Object.keys(en.forecast).sort())
    expect(zh.forecast.title).toBe('还能救')
  })
})
