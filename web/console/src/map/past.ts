import type { CaseClass } from '@shared/api/types'
import { classKey } from '@shared/form/match'
import { statusOf } from '@shared/ui/status'
import type { LoopState } from '../loop'
import type { DeskThen, PointThen } from '../timeline/replay'
import { STATUS_OF } from './casesLayers'
import { rowOf, type Mark, type Marks } from './doors'
import { gathered } from './gather'
import type { Asked, Box, CaseFilter, Figure, ListRow, MapLayer, Spot } from './layer'

/** The map at a past moment: the cases that were open then, gathered, counted and listed here, since tiles and counts know the present only. */

/** Names in both languages; the past brings codes only. */
export interface Names {
  states: readonly LoopState[]
  classes: readonly CaseClass[]
}

interface Words {
  zh: string
  en: string
}

/** Squares of 64 to 128 pixels, as the server gathers the cases of the present: the world is 512 pixels wide at zoom 0. */
const SQUARE_ZOOM = 3
const SQUARES_ACROSS = 24
const FINER_MOST = 2
const NARROWEST_DEG = 1e-5
const NO_CLASS: Words = { zh: '未定类别', en: 'no class yet' }
const KINDS: Record<string, Words> = { component: { zh: '部件', en: 'component' }, event: { zh: '事件', en: 'event' } }

/** Whether a spot lies inside a ring, open or closed; by the number of edges east of it. */
export function holds(ring: readonly Spot[], [lon, lat]: Spot): boolean {
  let inside = false
  ring.forEach(([x1, y1], at) => {
    const [x2, y2] = ring[(at + 1) % ring.length]!
    if (y1 > lat !== y2 > lat && lon < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside
  })
  return inside
}

/** A number begins with the day of the city on which the case was reported. */
const dayOf = (number: string): string => `${number.slice(0, 4)}-${number.slice(4, 6)}-${number.slice(6, 8)}`

function fits([number, , , state, , , key]: PointThen, filter: CaseFilter): boolean {
  const day = dayOf(number)
  return (
    (filter.state === 'open' || filter.state === 'any' || filter.state === state)
    && key.startsWith(filter.class)
    && (filter.since === '' || day >= filter.since.slice(0, 10))
    && (filter.until === '' || day <= filter.until.slice(0, 10))
  )
}

const inBox = ([, lon, lat]: PointThen, [west, south, east, north]: Box): boolean => lon >= west && lon <= east && lat >= south && lat <= north

/** The cases of that moment that the question is about, the most pressing first. */
export function pointsIn(then: DeskThen, { box, within, filter }: Asked): PointThen[] {
  return then.points.filter((point) => inBox(point, box) && (!within || holds(within, [point[1], point[2]])) && fits(point, filter))
}

const statusThen = ([, , , state, urgency]: PointThen) => statusOf({ state, urgency, closed_at: null })

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** What a case is called: its title where its row came along, else its class. */
function titles(then: DeskThen, names: Names): (point: PointThen) => Words {
  const rows = new Map(then.items.map((row) => [row.number, rowOf(row)]))
  const classes = new Map(names.classes.map((one) => [classKey(one.kind, one.code), { zh: one.name_zh, en: capital(one.name_en || one.name_zh) }]))
  return ([number, , , , , , key]) => rows.get(number) ?? classes.get(key) ?? { zh: number, en: number }
}

/** The side of a square as a share of the world: a power of two, so that marks stay when the map is moved. */
function squares({ box, zoom }: Asked): number {
  const fine = Math.log2((360 * SQUARES_ACROSS) / Math.max(box[2] - box[0], NARROWEST_DEG))
  return 2 ** Math.round(zoom === undefined ? fine : Math.min(Math.floor(zoom) + SQUARE_ZOOM, fine + FINER_MOST))
}

/** Cases that stand close together as one mark, at their middle and with the weight of the most pressing one. */
export function marksThen(then: DeskThen, asked: Asked, names: Names, zh: boolean): Marks {
  const found = pointsIn(then, asked)
  const title = titles(then, names)
  const marks = found.map((point): Mark => [point[1], point[2], 1, STATUS_OF.indexOf(statusThen(point)), point[0], title(point)[zh ? 'zh' : 'en']])
  return { marks: gathered(marks, squares(asked)), n: found.length, cut: then.more }
}

function counted<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, number> {
  const found = new Map<string, number>()
  for (const one of list) found.set(keyOf(one), (found.get(keyOf(one)) ?? 0) + 1)
  return found
}

/** How many there were, with parts by state and by class. */
export function figureThen(then: DeskThen, asked: Asked, names: Names): Figure {
  const found = pointsIn(then, asked)
  const states = counted(found, (point) => point[3])
  const classes = counted(found, (point) => (/^\w+:\d{2}/.exec(point[6])?.[0] ?? ''))
  const wide = new Map(names.classes.map((one) => [classKey(one.kind, one.code).slice(0, one.kind.length + 3), { zh: one.class_zh, en: one.class_en || one.class_zh }]))
  const nameOf = (key: string): Words => wide.get(key) ?? KINDS[key.split(':')[0]!] ?? NO_CLASS
  return {
    n: found.length, more: then.more, about: false,
    parts: [
      ...names.states.flatMap(({ state, zh, en }) => (states.has(state) ? [{ key: `state:${state}`, zh, en, n: states.get(state)! }] : [])),
      ...[...classes].sort(([a], [b]) => a.localeCompare(b)).map(([key, n]) => ({ key: `class:${key}`, ...nameOf(key), n })),
    ],
  }
}

/** All of them by what was left of their time. */
export function rowsThen(then: DeskThen, asked: Asked, names: Names): ListRow[] {
  const title = titles(then, names)
  const rows = new Map(then.items.map((row) => [row.number, rowOf(row)]))
  const states = new Map(names.states.map((one) => [one.state, one]))
  return pointsIn(then, asked).map((point) => {
    const [number, lon, lat, state] = point
    const { zh, en } = states.get(state) ?? { zh: state, en: state }
    return rows.get(number) ?? { code: number, ...title(point), detail_zh: `${zh} · ${number}`, detail_en: `${en} · ${number}`, status: statusThen(point), lon, lat }
  })
}

/** The layer while a past moment is shown: cases from that moment (nothing before it was read), what moves not at all, the rest as it is. */
export function layerThen(layer: MapLayer, then: DeskThen | null, names: Names, zh: boolean): MapLayer {
  const { id, group, name, on, from, legend, pressable, codeOf, filtered, duties, draw, card } = layer
  const plain = { id, group, name, on, from, legend, codeOf, card, then: layer.then, ...(filtered ? { filtered } : {}), ...(duties ? { duties } : {}) }
  if (layer.then === 'off') return { ...plain, pressable: [], count: () => Promise.resolve(null) }
  if (layer.then !== 'cases') return layer
  return {
    ...plain, pressable, ...(draw ? { draw } : {}),
    read: (_doors, asked) => Promise.resolve(then ? marksThen(then, asked, names, zh) : undefined),
    count: (_doors, asked) => Promise.resolve(then ? figureThen(then, asked, names) : null),
    ...(layer.list ? { list: (_doors, asked) => Promise.resolve({ rows: then ? rowsThen(then, asked, names) : [], next: null }) } : {}),
  }
}
