import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@shared/api/client'
import { appWords, language } from '@shared/i18n'
import { barsOf, chance, InsightDoors, matrixOf, named, quietFrom, sorted, type Rulings, type Silent, type Total } from '../src/insight/findings'
import PairsMatrix from '../src/insight/PairsMatrix.vue'
import RulingsList from '../src/insight/RulingsList.vue'
import SparkBars from '../src/insight/SparkBars.vue'
import TotalsTable from '../src/insight/TotalsTable.vue'
import en from '../src/words/en'
import zh from '../src/words/zh'

beforeEach(() => {
  language.value = 'en'
})
const shown = { global: { plugins: [appWords(zh, en)], stubs: { RouterLink: { template: '<a><slot /></a>' } } } }

const aTotal = (group: string, more: Partial<Total> = {}): Total => ({ group, returns: 1, cases: 1, to_arbiter: 0, back_again: 0, hours_lost: 0, median_wait_hours: null, ...more })
const aSilence: Silent = {
  kind: 'place', code: '350203001001001', rest: false, zh: '网格', en: 'cell', observed: 0, expected: 14, usual: 14, p: 0.00001, q: 0.0004, since: '2026-11-15', last_day: '2026-11-14',
  counts: [...Array<number>(7).fill(2), ...Array<number>(7).fill(0)], counts_from: '2026-11-08', sentence_zh: '没有上报', sentence_en: 'no report',
}

describe('the picture of who handed on to whom', () => {
  const moves = [{ from: 1, to: 2, count: 4 }, { from: 2, to: 1, count: 2 }, { from: 3, to: 3, count: 1 }]

  it('puts the busiest units first and shares by the fullest cell', () => {
    const matrix = matrixOf(moves)
    expect(matrix.units).toEqual([1, 2, 3])
    expect(matrix.cells.map((cell) => [cell.row, cell.column, cell.share])).toEqual([[0, 1, 1], [1, 0, 0.5], [2, 2, 0.25]])
    expect(matrix.left).toBe(0)
  })

  it('says how much it leaves out when there are more units than it has room for', () => {
    const matrix = matrixOf(moves, 2)
    expect(matrix.units).toEqual([1, 2])
    expect(matrix.left).toBe(1)
    expect(matrixOf([])).toEqual({ units: [], cells: [], left: 0 })
  })

  it('writes each number into its cell, with the names of both units', () => {
    const made = mount(PairsMatrix, { ...shown, props: { answer: { returns: 7, hours_lost: 1, pairs: [], moves, names: { units: { 1: ['甲', 'Alpha'], 2: ['乙', 'Beta'] } } } } })
    expect(made.findAll('text.count').map((one) => one.text())).toEqual(['4', '2', '1'])
    expect(made.html()).toContain('Alpha to Beta: 4')
  })
})

describe('the sparkline of a silence', () => {
  it('is as high as the largest day and flat where nothing came', () => {
    const bars = barsOf([0, 2, 4], 30, 20)
    expect(bars.map((bar) => bar.height)).toEqual([0, 10, 20])
    expect(bars.map((bar) => bar.x)).toEqual([0, 10, 20])
    expect(barsOf([0, 0], 30, 20).every((bar) => bar.height === 0)).toBe(true)
  })

  it('marks the day from which it is quiet, within what is drawn', () => {
    expect(quietFrom(aSilence)).toBe(7)
    expect(quietFrom({ ...aSilence, since: '2026-10-01' })).toBe(0)
    const made = mount(SparkBars, { ...shown, props: { one: aSilence } })
    expect(made.find('line.since').attributes('x1')).toBe('90')
    expect(made.attributes('aria-label')).toContain('2026-11-15')
  })
})

describe('the tables of returns', () => {
  it('sort by any of their numbers, and then by how many returns there are', () => {
    const totals = [aTotal('a', { returns: 3 }), aTotal('b', { returns: 2, hours_lost: 9 }), aTotal('c', { returns: 5 })]
    expect(sorted(totals, 'returns').map((one) => one.group)).toEqual(['c', 'a', 'b'])
    expect(sorted(totals, 'hours_lost').map((one) => one.group)).toEqual(['b', 'c', 'a'])
  })

  it('narrow the ledger to a row, and let go of it when it is pressed again', async () => {
    const made = mount(TotalsTable, { ...shown, props: { totals: [aTotal('7')], names: { 7: ['环卫', 'Sanitation'] }, head: 'Unit', chosen: '' } })
    expect(made.find('.link').text()).toBe('Sanitation')
    await made.find('.link').trigger('click')
    await made.setProps({ chosen: '7' })
    await made.find('.link').trigger('click')
    expect(made.emitted('choose')).toEqual([['7'], ['']])
  })

  it('name what they know and show the code of what they do not', () => {
    expect(named({ 3: ['环卫', 'Sanitation'] }, 3)).toBe('Sanitation')
    expect(named({}, 'old_rule')).toBe('old_rule')
    expect(named(undefined, null)).toBe('')
    expect(chance(0.0123)).toBe('0.0123')
    expect(chance(0.00001)).toBe('< 0.0001')
  })
})

describe('a rule that rulings suggest', () => {
  const body = { area: '350203', class_kind: 'event', class_prefix: '0102', unit_id: null, dept_kind: 'road', priority: 100, note_zh: '', note_en: '' }
  const answer: Rulings = {
    rulings: 3, door: '/masters/routes',
    items: [{ class: 'event:0102', area: '350203', kind: 'road', count: 3, total: 3, right_today: 0, right_then: 3, replaces: null, numbers: ['20261123-000001'], why: '', sentence_zh: '裁决', sentence_en: 'was ruled', today_why_zh: '', today_why_en: '', body }],
  }

  it('is set by an administrator with a second press, and only then', async () => {
    const route = vi.fn(async () => ({ id: 1 }))
    const made = mount(RulingsList, { ...shown, props: { answer, mayRoute: true, route } })
    await made.find('button').trigger('click')
    expect(route).not.toHaveBeenCalled()
    expect(made.find('button').text()).toBe('Press again to set it')
    await made.find('button').trigger('click')
    await vi.waitFor(() => expect(made.emitted('routed')).toHaveLength(1))
    expect(route).toHaveBeenCalledWith(body)
  })

  it('can be given up with Esc', async () => {
    const made = mount(RulingsList, { ...shown, props: { answer, mayRoute: true, route: async () => undefined } })
    await made.find('button').trigger('click')
    await made.find('button').trigger('keydown', { key: 'Escape' })
    expect(made.find('button').text()).toBe('Set this rule')
  })

  it('is only shown to everybody else, and why there is none', () => {
    const made = mount(RulingsList, { ...shown, props: { answer: { ...answer, items: [...answer.items, { ...answer.items[0]!, area: '350206', why: 'divided', body: null }] }, mayRoute: false, route: async () => undefined } })
    expect(made.find('button').exists()).toBe(false)
    expect(made.find('pre').text()).toContain('"dept_kind": "road"')
    expect(made.text()).toContain('Rulings contradict each other')
  })
})

describe('the doors of insight', () => {
  it('ask for what the page chose, without empty words', async () => {
    const asked: string[] = []
    const ask = async (url: string | URL | Request): Promise<Response> => {
      asked.push(String(url))
      return new Response('{}')
    }
    const doors = new InsightDoors(new ApiClient({ language: () => 'en', fetch: ask as typeof fetch, retryAfterMs: [] }))
    await doors.returns({ from: '2026-11-01', to: '2026-11-22', place: '', unit: '7', rule: '' })
    await doors.pairs({ from: '2026-11-01', to: '2026-11-22', place: '350203', unit: '7', rule: 'x' })
    await doors.silence('finest', 7, '')
    expect(asked).toEqual([
      '/api/v1/insight/returns?from=2026-11-01&to=2026-11-22&unit=7&limit=50',
      '/api/v1/insight/returns/pairs?from=2026-11-01&to=2026-11-22&place=350203',
      '/api/v1/insight/silence?level=finest&days=7',
    ])
  })
})
