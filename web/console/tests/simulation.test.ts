import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@shared/api/client'
import { appWords, language } from '@shared/i18n'
import ChangesTable from '../src/simulation/ChangesTable.vue'
import FlowMatrix from '../src/simulation/FlowMatrix.vue'
import LoadBars from '../src/simulation/LoadBars.vue'
import ProposalList from '../src/simulation/ProposalList.vue'
import { barsOf, emptyProposal, matrixOf, named, points, SimulationDoors, sizeOf, without, type Load, type UnitRow } from '../src/simulation/simulation'
import en from '../src/words/en'
import zh from '../src/words/zh'

beforeEach(() => {
  language.value = 'en'
})
const shown = { global: { plugins: [appWords(zh, en)], stubs: { RouterLink: { template: '<a><slot /></a>' } } } }
const aLoad = (cases: number): Load => ({ cases, per_day: cases / 10, peak: 1, due: cases, ontime: cases, rate: 1 })
const aUnit = (unit_id: number, before: number, after: number): UnitRow => ({ unit_id, before: aLoad(before), after: aLoad(after), estimate: null, unknown: 0, recorded: before })
const names = { 1: ['甲', 'Alpha'], 2: ['乙', 'Beta'] } as Record<string, [string, string]>

describe('the figures of a simulation', () => {
  it('shows the units that change most, as parts of the longest bar', () => {
    const bars = barsOf([aUnit(1, 100, 0), aUnit(2, 10, 110), aUnit(3, 5, 5)])
    expect(bars.map((one) => [one.unit, one.becomes])).toEqual([[1, 0], [2, 1]])
    expect(barsOf([aUnit(1, 10, 20), aUnit(2, 10, 50)], 1).map((one) => one.unit)).toEqual([2])
  })

  it('lays flows out by their fullest rows and columns and counts what it leaves out', () => {
    const matrix = matrixOf([{ from: 1, to: 2, count: 8 }, { from: null, to: 2, count: 2 }, { from: 3, to: 4, count: 1 }], 2)
    expect(matrix.from).toEqual([1, null])
    expect(matrix.cells.map((one) => [one.row, one.column, one.share])).toEqual([[0, 0, 1], [1, 0, 0.25]])
    expect(matrix.left).toBe(1)
  })

  it('tells a change in points with its sign', () => {
    expect([points(0.9, 0.85), points(0.5, 0.512), points(0.5, 0.5), points(null, 0.5)]).toEqual(['−5.0', '+1.2', '±0', ''])
    expect([named(names, 1), named(names, 9), named(names, null, 'none')]).toEqual(['Alpha', '9', 'none'])
  })
})

describe('a proposal', () => {
  const proposal = { ...emptyProposal(), mergers: [{ from: 1, to: 2 }], routes_ended: [7, 8] }

  it('is told line by line, and a line is taken out', async () => {
    const list = mount(ProposalList, { ...shown, props: { proposal, units: names, areas: {}, classes: {}, editable: true } })
    expect(list.findAll('li').map((one) => one.text())).toEqual(['Alpha is merged into Beta', 'Routing rule 7 ends', 'Routing rule 8 ends'])
    await list.findAll('button')[1]?.trigger('click')
    expect(list.emitted('edited')).toEqual([[{ ...proposal, routes_ended: [8] }]])
    expect(sizeOf(without(proposal, 'mergers', 0))).toBe(2)
  })

  it('says so when nothing is changed', () => {
    const list = mount(ProposalList, { ...shown, props: { proposal: emptyProposal(), units: names, areas: {}, classes: {} } })
    expect(list.text()).toBe('Nothing is changed yet.')
  })
})

describe('what is shown', () => {
  it('draws before and after with their numbers', () => {
    const bars = mount(LoadBars, { ...shown, props: { units: [aUnit(1, 100, 0), aUnit(2, 10, 110)], names } })
    expect(bars.findAll('.tick').map((one) => one.text())).toEqual(['10', '0', '1', '11'])
    expect(mount(LoadBars, { ...shown, props: { units: [], names } }).text()).toBe('No unit gets more or less.')
  })

  it('narrows the list to a flow and widens it again', async () => {
    const flows = [{ from: 1, to: 2, count: 8 }]
    const matrix = mount(FlowMatrix, { ...shown, props: { flows, names, chosen: { from: '', to: '' } } })
    await matrix.get('button').trigger('click')
    await matrix.setProps({ chosen: { from: '1', to: '2' } })
    expect(matrix.get('button').attributes('aria-pressed')).toBe('true')
    await matrix.get('button').trigger('click')
    expect(matrix.emitted('choose')).toEqual([[{ from: '1', to: '2' }], [{ from: '', to: '' }]])
  })

  it('lists cases page by page and tells the sentence of an error', async () => {
    const page = (number: string, next: string | null): object => ({
      items: [{ number, title: '', class: 'event:0102', place: '3502', opened_at: '2026-11-20T01:00:00Z', from: 1, to: null, rule_before: '', why_before_zh: '', why_before_en: 'was', rule_after: '', why_after_zh: '', why_after_en: 'will be' }],
      next, names: { units: names, classes: {}, places: {} },
    })
    const fetch = vi.fn<typeof globalThis.fetch>().mockResolvedValueOnce(Response.json(page('A-1', '5'))).mockResolvedValueOnce(Response.json(page('A-2', null))).mockResolvedValueOnce(new Response('{"detail":"gone","title":"x","status":404}', { status: 404, headers: { 'content-type': 'application/problem+json' } }))
    const doors = new SimulationDoors(new ApiClient({ language: () => 'en', fetch }))
    const table = mount(ChangesTable, { ...shown, props: { doors, id: 3, flow: { from: '', to: '' } } })
    await vi.waitFor(() => expect(table.text()).toContain('A-1'))
    expect(table.text()).toContain('no unit')
    await table.get('.more button').trigger('click')
    await vi.waitFor(() => expect(table.text()).toContain('A-2'))
    expect(table.text()).toContain('A-1')
    expect(fetch.mock.calls[1]?.[0]).toContain('/simulations/3/changes?cursor=5')
    await table.setProps({ flow: { from: '1', to: '2' } })
    await vi.waitFor(() => expect(table.get('[role=alert]').text()).toContain('gone'))
  })
})
