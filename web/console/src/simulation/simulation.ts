import type { ApiClient } from '@shared/api/client'
import { pick } from '@shared/i18n'

export type Names = Record<string, [string, string]>

export interface NewRoute {
  class_kind: string
  class_prefix: string
  area: string
  unit: number | null
  dept_kind: string
  priority: number
  note: string
}
export interface NewLimit {
  kind: string
  code: string
  rule_no: number
  limit: number
  unit: string
  tiers: Record<string, number>
}
export interface Boundary {
  area: string
  kind: string
  unit: number
}
export interface Merger {
  from: number
  to: number | null
}
/** Everything that shall be different. */
export interface Proposal {
  title: string
  routes_added: NewRoute[]
  routes_ended: number[]
  limits: NewLimit[]
  boundaries: Boundary[]
  mergers: Merger[]
}
export type Part = Exclude<keyof Proposal, 'title'>
export const PARTS: readonly Part[] = ['mergers', 'boundaries', 'routes_added', 'routes_ended', 'limits']

export interface Rate {
  due: number
  ontime: number
  rate: number | null
}
export interface Interval {
  rate: number
  low: number
  high: number
}
export interface Load extends Rate {
  cases: number
  per_day: number
  peak: number
}
export interface UnitRow {
  unit_id: number
  before: Load
  after: Load
  estimate: Interval | null
  unknown: number
  recorded: number
}
export interface GroupRow {
  group: string
  cases: number
  moved: number
  before: Rate
  after: Rate
  estimate: Interval | null
  unknown: number
}
export interface Totals extends Omit<GroupRow, 'group'> {
  no_unit_before: number
  no_unit_after: number
  other_limit: number
  as_recorded: { unit: number | null; deadline: number | null }
}
export interface Flow {
  from: number | null
  to: number | null
  count: number
}
export interface Warning {
  kind: 'overload' | 'unrouted' | 'dead' | 'shadowed'
  unit_id?: number
  before?: number
  after?: number
  class?: string
  cases?: number
  rule?: string
  area?: string
  by?: string
  always?: boolean
}
export interface Figures {
  totals: Totals
  methods: Record<'resampled' | 'shifted' | 'kept', number>
  units: UnitRow[]
  classes: GroupRow[]
  areas: GroupRow[]
  flows: Flow[]
  warnings: Warning[]
}
export interface Switch {
  state: 'none' | 'asked' | 'done'
  from: string | null
  why: string
  asked_by: number | null
  asked_name: string
  by_name: string
  at: string | null
  two: boolean
}
export interface Listed {
  id: number
  title: string
  at: string
  days: number
  by_name: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  done: number
  of: number
  position: number | null
  totals: Partial<Totals>
  switch_from: string | null
  switch_asked_at: string | null
  switched_at: string | null
}
export interface Simulation extends Listed {
  error_zh: string
  error_en: string
  proposal: Proposal
  figures: Partial<Figures>
  switch: Switch
  names: Record<'units' | 'areas' | 'classes', Names>
}
export interface Change {
  number: string
  title: string
  class: string
  place: string
  opened_at: string
  from: number | null
  to: number | null
  rule_before: string
  why_before_zh: string
  why_before_en: string
  rule_after: string
  why_after_zh: string
  why_after_en: string
}
export interface ChangePage {
  items: Change[]
  next: string | null
  names: Record<'units' | 'classes' | 'places', Names>
}
export interface Route {
  id: number
  class_kind: string
  class_prefix: string
  area: string
  unit_id: number | null
  dept_kind: string
  priority: number
  note_zh: string
  note_en: string
}
export interface Ground {
  today: string
  routes: Route[]
  kinds: { kind: string; zh: string; en: string }[]
  boundaries: { kind: string; area: string; unit_id: number }[]
  areas: { area: string; zh: string; en: string }[]
  mergers: { from: number; to: number }[]
  names: Record<'units' | 'areas', Names>
}

export const DAYS = [7, 14, 30, 60, 92] as const
export const BARS_MAX = 14
export const MATRIX_MAX = 10

export const emptyProposal = (): Proposal => ({ title: '', routes_added: [], routes_ended: [], limits: [], boundaries: [], mergers: [] })
export const sizeOf = (proposal: Proposal): number => PARTS.reduce((sum, part) => sum + proposal[part].length, 0)
export const without = (proposal: Proposal, part: Part, at: number): Proposal => ({ ...proposal, [part]: proposal[part].filter((_, place) => place !== at) })

/** The name of a unit, class or area; what has none keeps its code. */
export const named = (names: Names | undefined, key: string | number | null | undefined, none = ''): string => {
  if (key === null || key === undefined || key === '') return none
  const pair = names?.[String(key)]
  return (pair ? pick(pair[0], pair[1]) : '') || String(key)
}

export const percent = (share: number | null | undefined): string => (share === null || share === undefined ? '—' : `${(share * 100).toFixed(1)} %`)
/** The change of a share in points, with its sign. */
export const points = (before: number | null | undefined, after: number | null | undefined): string => {
  if (before === null || before === undefined || after === null || after === undefined) return ''
  const moved = (Math.round(after * 1000) - Math.round(before * 1000)) / 10
  return moved === 0 ? '±0' : `${moved > 0 ? '+' : '−'}${Math.abs(moved).toFixed(1)}`
}

export interface Bar {
  unit: number
  before: number
  after: number
  /** Lengths as parts of the longest one. */
  was: number
  becomes: number
}
/** The units whose load changes most, as pairs of bars. */
export function barsOf(units: readonly UnitRow[], most = BARS_MAX): Bar[] {
  const changed = units.filter((one) => one.before.cases !== one.after.cases)
  const shown = [...changed].sort((a, b) => Math.abs(b.after.cases - b.before.cases) - Math.abs(a.after.cases - a.before.cases) || a.unit_id - b.unit_id).slice(0, most)
  const top = Math.max(1e-9, ...shown.flatMap((one) => [one.before.per_day, one.after.per_day]))
  return shown.map((one) => ({ unit: one.unit_id, before: one.before.per_day, after: one.after.per_day, was: one.before.per_day / top, becomes: one.after.per_day / top }))
}

export interface Matrix {
  from: (number | null)[]
  to: (number | null)[]
  cells: { row: number; column: number; count: number; share: number; from: number | null; to: number | null }[]
  left: number
}
/** Flows as rows (from) and columns (to); the fullest first, the rest counted in `left`. */
export function matrixOf(flows: readonly Flow[], most = MATRIX_MAX): Matrix {
  const order = (end: 'from' | 'to'): (number | null)[] => {
    const sums = new Map<number | null, number>()
    for (const flow of flows) sums.set(flow[end], (sums.get(flow[end]) ?? 0) + flow.count)
    return [...sums].sort((a, b) => b[1] - a[1]).slice(0, most).map(([unit]) => unit)
  }
  const from = order('from')
  const to = order('to')
  const top = Math.max(1, ...flows.map((flow) => flow.count))
  const cells: Matrix['cells'] = []
  let left = 0
  for (const flow of flows) {
    const row = from.indexOf(flow.from)
    const column = to.indexOf(flow.to)
    if (row < 0 || column < 0) left += flow.count
    else cells.push({ row, column, count: flow.count, share: flow.count / top, from: flow.from, to: flow.to })
  }
  return { from, to, cells, left }
}

export type Grouping = 'units' | 'classes' | 'areas'

/** The doors of the simulator. */
export class SimulationDoors {
  constructor(private readonly client: ApiClient) {}

  list = (cursor = ''): Promise<{ items: Listed[]; next: string | null }> => this.client.get('/simulations', { cursor })
  ground = (): Promise<Ground> => this.client.get('/simulations/ground')
  run = (days: number, proposal: Proposal): Promise<Simulation> => this.client.post('/simulations', { days, proposal })
  one = (id: number, signal?: AbortSignal): Promise<Simulation> => this.client.get(`/simulations/${id}`, {}, signal)
  changes = (id: number, flow: { from: string; to: string }, cursor = ''): Promise<ChangePage> => this.client.get(`/simulations/${id}/changes`, { ...flow, cursor })
  change = (id: number, valid_from: string, why: string): Promise<Simulation> => this.client.post(`/simulations/${id}/switch`, { valid_from, why })
  confirm = (id: number): Promise<Simulation> => this.client.post(`/simulations/${id}/switch/confirm`, {})
  withdraw = (id: number): Promise<Simulation> => this.client.post(`/simulations/${id}/switch/withdraw`, {})
}
