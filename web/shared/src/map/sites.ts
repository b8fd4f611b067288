import type { StyleSpecification } from 'maplibre-gl'
import type { Basemap, Language } from '../api/types'
import { PALETTE, type Theme } from './palette'
import { baseStyle } from './style'

/** The style of a site's base map: its own PMTiles, a WMTS of the city, or plain ground when it has neither. */
export function styleOf(basemap: Basemap, theme: Theme, language: Language): StyleSpecification {
  if (basemap.pmtiles) return baseStyle(theme, language, new URL(basemap.pmtiles, document.baseURI).href)
  const ground: StyleSpecification = {
    version: 8,
    sources: {},
    layers: [{ id: 'sea', type: 'background', paint: { 'background-color': PALETTE[theme].land } }],
  }
  if (!basemap.wmts) return ground
  return {
    ...ground,
    sources: { city: { type: 'raster', tiles: [basemap.wmts], tileSize: 256, attribution: basemap.attribution ?? '' } },
    layers: [
      ...ground.layers,
      // A picture map is loud: it is toned down so that a status stays the only colour.
      { id: 'city', type: 'raster', source: 'city', paint: { 'raster-saturation': -0.85, 'raster-brightness-max': theme === 'dark' ? 0.45 : 1 } },
    ],
  }
}
