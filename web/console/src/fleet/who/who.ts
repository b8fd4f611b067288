import type { ApiClient } from '@shared/api/client'
import type { Spot } from '../../map/layer'

/** A vehicle that was in an area: when and where it was first and last seen inside. */
export interface Visitor {
  vehicle_id: number; plate: string; kind: string; kind_zh: string; kind_en: string; firm: string; synthetic: boolean
  first_at: string; first_lon: number; first_lat: number; last_at: string; last_lon: number; last_lat: number
}

export const askWho = (client: ApiClient, area: readonly Spot[], since: string, until: string, purpose: string): Promise<{ items: Visitor[]; more: boolean }> =>
  client.post('/fleet/who-was-here', { area, since, until, purpose })

const cell = (value: string): string => {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A row a vehicle, with a byte order mark for spreadsheets; no cell is taken for a formula. */
export function asCsv(visitors: readonly Visitor[]): string {
  const rows = visitors.map((one) => [one.plate, one.kind, one.firm, one.first_at, one.first_lon.toFixed(6), one.first_lat.toFixed(6), one.last_at, one.last_lon.toFixed(6), one.last_lat.toFixed(6)])
  return `\uFEFF${[['plate', 'kind', 'firm', 'first_at', 'first_lon', 'first_lat', 'last_at', 'last_lon', 'last_lat'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Entry and last points as GeoJSON (RFC 7946), with the area that was asked about. */
export function asGeoJson(visitors: readonly Visitor[], area: readonly Spot[]): GeoJSON.FeatureCollection {
  const ring = area.length ? [...area, area[0]!].map((spot) => [...spot]) : []
  const points = visitors.flatMap((one): GeoJSON.Feature[] => [
    { type: 'Feature', geometry: { type: 'Point', coordinates: [one.first_lon, one.first_lat] }, properties: { plate: one.plate, kind: one.kind, firm: one.firm, what: 'first', at: one.first_at } },
    { type: 'Feature', geometry: { type: 'Point', coordinates: [one.last_lon, one.last_lat] }, properties: { plate: one.plate, kind: one.kind, firm: one.firm, what: 'last', at: one.last_at } },
  ])
  return { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { what: 'area' } }, ...points] }
}
