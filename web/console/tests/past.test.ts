import { describe, expect, it } from 'vitest'
import type { CaseClass } from '@shared/api/types'
import type { MapDoors } from '../src/map/doors'
import type { Asked, CaseFilter, MapLayer, Spot } from '../src/map/layer'
import { LAYERS } from '../src/map/layers'
import { figureThen, holds, layerThen, marksThen, pointsIn, rowsThen, type Names } from '../src/map/past'
import { Replay, type DeskThen, type PointThen } from '../src/timeline/replay'
import { aRow } from './rows'

const ANY: CaseFilter = { state: 'open', class: '', since: '', until: '' }
const POINTS: PointThen[] = [
  ['20261120-000001', 118.1, 24.47, 'handling', 'emergency', true, 'component:0102'],
  ['20261121-000002', 118.10001, 24.47001, 'reported', 'normal', false, ''],
  ['20261121-000003', 118.14, 24.49, 'handling', 'planned', false, 'event:0203'],
]
const THEN: DeskThen = {
  moment: '2026-11-21T02:00:00Z', counts: { open: 3, late: 1, due: 0, paused: 0, states: {} },
  items: [aRow({ number: '20261120-000001', title: 'Cover gone', state: 'handling', urgency: 'emergency' })], points: POINTS, more: false,
}
const NAMES: Names = {
  states: [{ state: 'reported', zh: '已上报', en: 'reported', open: true }, { state: 'handling', zh: '处置中', en: 'being handled', open: true }],
  classes: [{ kind: 'event', code: '0203', name_zh: '占道经营', name_en: 'street vending', class_zh: '街面秩序', class_en: 'street order' } as CaseClass],
}
const asked = (part: Partial<Asked> = {}): Asked => ({ box: [118, 24.4, 118.2, 24.6], within: null, filter: ANY, zoom: 12, ...part })
const numbers = (part: Partial<Asked> = {}): string[] => pointsIn(THEN, asked(part)).map((one) => one[0].slice(-1))
const ring: Spot[] = [[118.13, 24.48], [118.15, 24.48], [118.15, 24.5], [118.13, 24.5]]
const { signal } = new AbortController()

describe('the cases of a past moment on the map', () => {
  it('are those of the box, the shape and the filters', () => {
    expect(numbers()).toEqual(['1', '2', '3'])
    expect(numbers({ box: [118.13, 24.4, 118.2, 24.6] })).toEqual(['3'])
    expect(numbers({ within: ring })).toEqual(['3'])
    expect(numbers({ filter: { ...ANY, state: 'handling' } })).toEqual(['1', '3'])
    expect(numbers({ filter: { ...ANY, state: 'closed' } })).toEqual([])
    expect(numbers({ filter: { ...ANY, class: 'event:02' } })).toEqual(['3'])
    expect(numbers({ filter: { ...ANY, since: '2026-11-21T00:00:00+08:00' } })).toEqual(['2', '3'])
    expect(numbers({ filter: { ...ANY, until: '2026-11-20T23:59:59+08:00' } })).toEqual(['1'])
  })
  it('a spot is inside a ring of any turn, a notch is outside', () => {
    const notched: Spot[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]]
    expect([holds(notched, [1, 0.5]), holds([...notched].reverse(), [1, 0.5]), holds(notched, [2, 3]), holds(notched, [5, 1])]).toEqual([true, true, false, false])
  })
  it('stand together as one mark with the weight of the most pressing, and apart when one comes closer', () => {
    const wide = marksThen(THEN, asked(), NAMES, false)
    expect(wide.marks.map((mark) => [mark[2], mark[3], mark[4]])).toEqual([[2, 5, ''], [1, 2, '20261121-000003']])
    expect(wide.marks[0]![0]).toBeCloseTo(118.100005, 6)
    expect([wide.n, wide.cut]).toEqual([3, false])
    const near = marksThen(THEN, asked({ box: [118.0999, 24.4699, 118.1002, 24.4702], zoom: 20 }), NAMES, false)
    expect(near.marks.map((mark) => [mark[2], mark[5]])).toEqual([[1, 'Cover gone'], [1, '20261121-000002']])
  })
  it('are counted by state and by class', () => {
    const figure = figureThen({ ...THEN, more: true }, asked(), NAMES)
    expect([figure.n, figure.more]).toEqual([3, true])
    expect(figure.parts.map((part) => [part.key, part.en, part.n])).toEqual([
      ['state:reported', 'reported', 1], ['state:handling', 'being handled', 2], ['class:', 'no class yet', 1], ['class:component:01', 'component', 1], ['class:event:02', 'street order', 1],
    ])
  })
  it('are listed with title or class, and with their state', () => {
    expect(rowsThen(THEN, asked(), NAMES).map((row) => [row.code.slice(-1), row.en, row.zh, row.status])).toEqual([
      ['1', 'Cover gone', 'Cover gone', 'critical'], ['2', '20261121-000002', '20261121-000002', 'medium'], ['3', 'Street vending', '占道经营', 'info'],
    ])
  })
})

describe('the layers in replay', () => {
  const then = (id: string): MapLayer => layerThen(LAYERS.find((layer) => layer.id === id)!, THEN, NAMES, false)
  const doors = {} as MapDoors
  it('take cases and heat from the past, and offer no file of the present', async () => {
    expect(await then('cases').read!(doors, asked(), signal)).toMatchObject({ n: 3 })
    expect((await then('cases').list!(doors, asked(), '', signal)).rows).toHaveLength(3)
    expect([then('cases').file, (await then('heat').count(doors, asked(), signal))?.n]).toEqual([undefined, 3])
  })
  it('draw nothing before the moment was read', async () => {
    const waiting = layerThen(LAYERS.find((layer) => layer.id === 'cases')!, null, NAMES, false)
    expect([await waiting.read!(doors, asked(), signal), await waiting.count(doors, asked(), signal)]).toEqual([undefined, null])
  })
  it('leave out what moves and keep the ground', () => {
    for (const id of ['workers', 'vehicles']) expect([then(id).draw, then(id).mount, then(id).read, then(id).list]).toEqual([undefined, undefined, undefined, undefined])
    for (const id of ['divisions', 'grids', 'cells', 'components', 'stations']) expect(then(id)).toBe(LAYERS.find((layer) => layer.id === id))
  })
})

it('a link reaches back as far as the server looks, a minute less', () => {
  const now = Date.parse('2026-11-22T06:32:00Z')
  const replay = new Replay({ read: () => Promise.reject(new Error('not asked')), release: () => undefined, reset: () => undefined, now: () => now })
  expect([replay.reaches(now - 30 * 86_400_000), replay.reaches(now - 31 * 86_400_000)]).toEqual([true, false])
})
