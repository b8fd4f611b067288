import type { Box, CaseFilter, MapLayer, Spot } from './layer'
import { ADDRESS_MOST, readShapes, written, type DrawnShape } from './shapes'

/** The whole view as it stands in the address, so that whoever opens it sees the same. */
export interface MapView {
  /** Null where the city's own home is shown. */
  at: { center: Spot; zoom: number } | null
  /** Shown layers with their opacity in percent. */
  shown: Readonly<Record<string, number>>
  state: string
  class: string
  span: Span
  /** Days of the city, for `span` 'own'. */
  since: string
  until: string
  selected: { layer: string; code: string } | null
  shapes: readonly DrawnShape[]
  tab: Tab
  /** Epoch ms of the past moment that is shown; null in the present. */
  moment: number | null
  /** Layer of the list. */
  list: string
  /** Which drawn shape the list keeps to; -1 for the whole view. */
  inside: number
}

export const TABS = ['layers', 'list', 'shapes'] as const
export type Tab = (typeof TABS)[number]
export const SPANS = ['all', 'day', 'week', 'month', 'quarter', 'own'] as const
export type Span = (typeof SPANS)[number]
const DAYS: Partial<Record<Span, number>> = { day: 1, week: 7, month: 30, quarter: 90 }
/** How far back the sliders reach. */
export const SLIDER_DAYS = 90
const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
const CLASS = /^(component|event):\d{2,4}$/
const STATE = /^[a-z_]{1,20}$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const CODE = /^[^\s"<>]{1,60}$/u

type Words = Record<string, string | undefined>

const one = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The view that an address describes; anything that no view has is left out. */
export function viewOf(query: Record<string, unknown>, layers: readonly MapLayer[]): MapView {
  const [lon, lat, zoom] = one(query.at).split(',').map(Number)
  const placed = lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && one(query.at) !== ''
  const span = SPANS.find((name) => name === query.span) ?? 'all'
  const own = span === 'own' && DAY.test(one(query.since)) && DAY.test(one(query.until))
  const shapes = query.draw ? readShapes(one(query.draw)) : []
  const inside = /^\d{1,2}$/.test(one(query.inside)) ? Number(query.inside) : -1
  const known = new Set(layers.map((layer) => layer.id))
  const [layer = '', ...code] = one(query.sel).split(':')
  return {
    at: placed ? { center: [lon, lat], zoom: zoom !== undefined && zoom >= 0 && zoom <= 24 ? zoom : 13 } : null,
    shown: shownOf(query.layers, layers),
    state: STATE.test(one(query.state)) ? one(query.state) : 'open',
    class: CLASS.test(one(query.class)) ? one(query.class) : '',
    span: span === 'own' && !own ? 'all' : span,
    since: own ? one(query.since) : '',
    until: own ? one(query.until) : '',
    selected: known.has(layer) && CODE.test(code.join(':')) ? { layer, code: code.join(':') } : null,
    shapes,
    tab: TABS.find((name) => name === query.tab) ?? 'layers',
    moment: MOMENT.test(one(query.moment)) ? Date.parse(one(query.moment)) || null : null,
    list: known.has(one(query.list)) ? one(query.list) : 'cases',
    inside: inside < shapes.length ? inside : -1,
  }
}

function shownOf(value: unknown, layers: readonly MapLayer[]): Record<string, number> {
  if (typeof value !== 'string') return Object.fromEntries(layers.filter((layer) => layer.on).map((layer) => [layer.id, 100]))
  const found: Record<string, number> = {}
  for (const part of value.split(',')) {
    const [id = '', percent = '100'] = part.split('.')
    const share = Number(percent)
    if (layers.some((layer) => layer.id === id)) found[id] = share >= 5 && share <= 100 ? Math.round(share) : 100
  }
  return found
}

/** The address of a view; what everybody sees anyway is left out. */
export function queryOf(view: MapView): Words {
  const draw = written(view.shapes)
  return {
    at: view.at ? `${view.at.center[0].toFixed(5)},${view.at.center[1].toFixed(5)},${view.at.zoom.toFixed(2)}` : undefined,
    layers: Object.entries(view.shown).map(([id, share]) => (share === 100 ? id : `${id}.${share}`)).join(','),
    state: view.state === 'open' ? undefined : view.state,
    class: view.class || undefined,
    span: view.span === 'all' ? undefined : view.span,
    since: view.span === 'own' ? view.since : undefined,
    until: view.span === 'own' ? view.until : undefined,
    sel: view.selected ? `${view.selected.layer}:${view.selected.code}` : undefined,
    draw: draw && draw.length <= ADDRESS_MOST ? draw : undefined,
    tab: view.tab === 'layers' ? undefined : view.tab,
    moment: view.moment === null ? undefined : `${new Date(view.moment).toISOString().slice(0, 19)}Z`,
    list: view.list === 'cases' ? undefined : view.list,
    inside: view.inside >= 0 ? String(view.inside) : undefined,
  }
}

/** Whether the drawing fits into the address. */
export const fits = (shapes: readonly DrawnShape[]): boolean => written(shapes).length <= ADDRESS_MOST

/** A day of the city, `back` days before a moment. */
export const cityDay = (moment: number, back = 0): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date(moment - back * DAY_MS))

/** How many days before `today` a day is. */
export const daysBack = (today: string, day: string): number => Math.round((Date.parse(today) - Date.parse(day)) / DAY_MS)

/** First and last day that a view shows; null where time does not narrow it. */
export function daysOf(view: Pick<MapView, 'span' | 'since' | 'until'>, now: number): [since: string, until: string] | null {
  if (view.span === 'own') return view.since <= view.until ? [view.since, view.until] : [view.until, view.since]
  const days = DAYS[view.span]
  return days ? [cityDay(now, days - 1), cityDay(now)] : null
}

/** The filters as the doors take them: whole days of the city, the last one included. */
export function filterOf(view: MapView, now: number): CaseFilter {
  const days = daysOf(view, now)
  return { state: view.state, class: view.class, since: days ? `${days[0]}T00:00:00+08:00` : '', until: days ? `${days[1]}T23:59:59+08:00` : '' }
}

/** A box without its noise below a decimetre, so that the same view asks the same thing. */
export const rounded = (box: Box): Box => box.map((side) => Math.round(side * 1e6) / 1e6) as Box
