import { stepped } from '../../step'
import type { WarningCard, WarningRow } from './doors'

/** How the warnings page groups, moves through and draws warnings. */

export const GROUPS = ['calling', 'suspected', 'known', 'shelved', 'over'] as const
export type Group = (typeof GROUPS)[number]

export function groupOf(row: WarningRow, now: number): Group {
  if (row.false_reason || row.stage === 'ended' || row.stage === 'withdrawn') return 'over'
  if (row.shelved_until && Date.parse(row.shelved_until) > now) return 'shelved'
  if (row.acknowledged_at) return 'known'
  return row.stage === 'suspected' ? 'suspected' : 'calling'
}

export interface Grouped {
  group: Group
  rows: WarningRow[]
}

/** Groups that have rows, those that call first; within a group as the server sent them. */
export function grouped(rows: readonly WarningRow[], now: number): Grouped[] {
  return GROUPS.map((group) => ({ group, rows: rows.filter((row) => groupOf(row, now) === group) })).filter((one) => one.rows.length)
}

/** The row `by` steps from the chosen one in the order of the screen; the first where none is chosen. */
export function beside(groups: readonly Grouped[], id: number, by: number): WarningRow | undefined {
  return stepped(groups.flatMap((one) => one.rows), (row) => row.id === id, by)
}

/** A row in place of the one it was, or at the top. */
export function put(rows: readonly WarningRow[], row: WarningRow): WarningRow[] {
  return rows.some((one) => one.id === row.id) ? rows.map((one) => (one.id === row.id ? row : one)) : [row, ...rows]
}

const M_PER_DEGREE = 111_320
const CORNERS = 48

/** A circle as a ring of points; metres to degrees at its latitude. */
export function ringOf([lon, lat]: readonly number[], radiusM: number): [number, number][] {
  const wide = radiusM / (M_PER_DEGREE * Math.cos(((lat ?? 0) * Math.PI) / 180))
  return Array.from({ length: CORNERS + 1 }, (_, at) => {
    const turn = (2 * Math.PI * at) / CORNERS
    return [(lon ?? 0) + wide * Math.cos(turn), (lat ?? 0) + (radiusM / M_PER_DEGREE) * Math.sin(turn)]
  })
}

/** The fence of a card as it was: a circle becomes a ring, a corridor stays its line. */
export function fenceShape(card: Pick<WarningCard, 'fence'>): GeoJSON.Geometry | null {
  const { fence } = card
  if (!fence) return null
  if (fence.geometry.type === 'Point') return { type: 'Polygon', coordinates: [ringOf(fence.geometry.coordinates, fence.radius_m ?? 0)] }
  return fence.geometry
}

/** West, south, east, north round everything that a card shows, with a little room. */
export function boxOf(card: Pick<WarningCard, 'fence' | 'positions' | 'lon' | 'lat'>): [number, number, number, number] {
  const points: number[][] = [[card.lon, card.lat], ...card.positions.map((one) => [one.lon, one.lat])]
  const shape = fenceShape(card)
  if (shape?.type === 'Polygon') points.push(...(shape.coordinates[0] ?? []))
  if (shape?.type === 'LineString') points.push(...shape.coordinates)
  const lons = points.map((one) => one[0] ?? 0)
  const lats = points.map((one) => one[1] ?? 0)
  return [Math.min(...lons) - 0.002, Math.min(...lats) - 0.002, Math.max(...lons) + 0.002, Math.max(...lats) + 0.002]
}
