import { shallowRef } from 'vue'
import { token } from '@shared/theme/theme'
import type { Drawing } from '../../map/layer'
import type { VehicleTrack } from './doors'

/** A vehicle's day on the map: the way, and where it was at the moment of the slider. */

/** The track that is shown now, and the fix that the slider stands on. */
export const shownTrack = shallowRef<{ track: VehicleTrack; at: number } | null>(null)
/** A longer silence parts the line: nobody knows where it went. */
const GAP_MS = 600_000

export function placeAt(track: VehicleTrack, at: number): [number, number] | null {
  const lon = track.lon[at]
  const lat = track.lat[at]
  return lon === undefined || lat === undefined ? null : [lon, lat]
}

/** Stretches without a long silence between their fixes. */
export function stretchesOf(track: VehicleTrack): [number, number][][] {
  const parts: [number, number][][] = []
  track.at_ms.forEach((moment, at) => {
    const before = track.at_ms[at - 1]
    const place = placeAt(track, at)
    if (!place) return
    if (before === undefined || moment - before > GAP_MS) parts.push([])
    parts[parts.length - 1]?.push(place)
  })
  return parts
}

export function trackDrawing(shown: { track: VehicleTrack; at: number } | null): Drawing {
  if (!shown) return { sources: {}, layers: [] }
  const place = placeAt(shown.track, shown.at)
  return {
    sources: {
      'vehicle-track': { type: 'geojson', data: { type: 'FeatureCollection', features: stretchesOf(shown.track).map((coordinates) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: {} })) } },
      'vehicle-then': { type: 'geojson', data: { type: 'FeatureCollection', features: place ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: place }, properties: {} }] : [] } },
    },
    layers: [
      { id: 'vehicle-track-halo', type: 'line', source: 'vehicle-track', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': token('map-halo'), 'line-width': 6 } },
      { id: 'vehicle-track', type: 'line', source: 'vehicle-track', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': token('text'), 'line-width': 3 } },
      { id: 'vehicle-then', type: 'circle', source: 'vehicle-then', paint: { 'circle-radius': 7, 'circle-color': token('surface'), 'circle-stroke-color': token('text'), 'circle-stroke-width': 3 } },
    ],
  }
}
