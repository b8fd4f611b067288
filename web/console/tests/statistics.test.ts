import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import LineChart from '@shared/charts/LineChart.vue'
import { apart, pathOf, place, ticks } from '@shared/charts/scale'
import { language } from '@shared/i18n'
import { before, change, csvOf, groupName, INDICATORS, monthOf, nameOf, percent, PERIODS, usualPeriod } from '../src/statistics/figures'
import en from '../src/words/en'
import zh from '../src/words/zh'

describe('a figure', () => {
  it('is never invented', () => {
    expect(percent(null)).toBe('—')
    expect(percent(0.9271, 2)).toBe('92.71 %')
  })

  it('says whether it moved for the better', () => {
    expect(change('close_rate', 0.95, 0.94)).toEqual({ words: '+1.00', better: true })
    expect(change('rework_rate', 0.05, 0.03)).toEqual({ words: '+2.00', better: false })
    expect(change('filing_rate', 0.5, 0.4).better).toBeNull()
    expect(change('close_rate', 0.5, null)).toEqual({ words: '—', better: null })
  })

  it('has a name in both languages, for each of the 24', () => {
    expect(new Set(INDICATORS.map(([id]) => id)).size).toBe(24)
    language.value = 'zh'
    expect(nameOf('close_rate')).toBe('结案率')
    language.value = 'en'
    expect(nameOf('close_rate')).toBe('Closed')
    expect(groupName({ names: { '3': ['环卫', 'Sanitation'] } }, '3')).toBe('Sanitation')
    expect(groupName({ names: {} }, '3')).toBe('3')
  })
})

describe('the period before', () => {
  it('is the month before for a whole month, else as many days', () => {
    expect(before('2026-10-01', '2026-10-31')).toEqual({ from: '2026-09-01', to: '2026-09-30' })
    expect(before('2026-03-01', '2026-03-31')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
    expect(before('2026-11-01', '2026-11-22')).toEqual({ from: '2026-10-10', to: '2026-10-31' })
  })

  it('begins with the present month, and in its first week with the one before', () => {
    expect(monthOf('2026-11-22')).toEqual({ from: '2026-11-01', to: '2026-11-22' })
    expect(usualPeriod('2026-11-08')).toEqual({ from: '2026-11-01', to: '2026-11-08' })
    expect(usualPeriod('2026-11-07')).toEqual({ from: '2026-10-01', to: '2026-10-31' })
    expect(usualPeriod('2027-01-01')).toEqual({ from: '2026-12-01', to: '2026-12-31' })
  })

  it('is one press away where it is asked for often', () => {
    const today = '2028-03-01'
    expect(Object.fromEntries(Object.entries(PERIODS).map(([name, of]) => [name, of(today)]))).toEqual({
      month: { from: '2028-03-01', to: today }, last: { from: '2028-02-01', to: '2028-02-29' }, days30: { from: '2028-02-01', to: today }, year: { from: '2027-03-03', to: today },
    })
  })
})

describe('a file for office programs', () => {
  it('holds no formula that somebody typed into a name', () => {
    expect(csvOf([['=cmd()', 'a,b', null, -0.5]])).toBe('\uFEFF\'=cmd(),"a,b",,-0.5\r\n')
  })
})

describe('a chart', () => {
  it('puts round numbers on its axis', () => {
    expect(ticks(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(ticks(0.88, 0.97)).toEqual([0.875, 0.9, 0.925, 0.95, 0.975])
    expect(ticks(3, 3)).toEqual([3])
  })

  it('lifts the pen over what is not known', () => {
    expect(pathOf([[0, 1], null, [2, 3], [4, 5]])).toBe('M0.0 1.0M2.0 3.0L4.0 5.0')
    expect(place(5, 0, 10, 100, 0)).toBe(50)
  })

  it('keeps the names of its lines apart', () => {
    expect(apart([10, 12, 50], 15)).toEqual([10, 25, 50])
  })

  it('says the same in a table for who cannot see it', () => {
    const made = mount(LineChart, { props: { lines: [{ name: 'closed', values: [0.5, null, 1] }], steps: ['a', 'b', 'c'], label: 'trend' } })
    expect(made.find('svg').attributes('aria-label')).toBe('trend')
    expect(made.find('table').text()).toContain('b: —')
    expect(made.find('table').text()).toContain('c: 100 %')
  })
})

describe('the words of the page', () => {
  it('are there in both languages', () => {
    const keys = (one: object): string[] => Object.entries(one).flatMap(([name, inner]) => (typeof inner === 'object' ? keys(inner as object).map((below) => `${name}.${below}`) : [name]))
    expect(keys(zh.statistics)).toEqual(keys(en.statistics))
  })
})
