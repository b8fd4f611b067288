import type { Site } from '../api/types'

/** Where a map opens when nothing says better. */
export interface Home {
  center: [number, number]
  zoom: number
}

/** Length of a PMTiles header, and where its centre stands in it (PMTiles 3, little endian, degrees in ten-millionths). */
const HEADER_BYTES = 127
const ZOOM_AT = 118
const LON_AT = 119
const LAT_AT = 123
const PER_DEGREE = 1e7
/** A whole prefecture on a laptop's screen. */
const CITY_ZOOM = 10

/** The centre that the maker of the archive gave it; null when it has none inside the city. */
export function centreOf(header: ArrayBuffer, bounds: Site['bounds']): Home | null {
  if (header.byteLength < HEADER_BYTES) return null
  const view = new DataView(header)
  const lon = view.getInt32(LON_AT, true) / PER_DEGREE
  const lat = view.getInt32(LAT_AT, true) / PER_DEGREE
  const [west, south, east, north] = bounds
  const inside = lon >= west && lon <= east && lat >= south && lat <= north
  return inside ? { center: [lon, lat], zoom: Math.max(CITY_ZOOM, view.getUint8(ZOOM_AT)) } : null
}

/** Where the maps of this site open: where its base map says, else in the middle of the city. */
export async function homeOf(site: Site, ask: typeof fetch = fetch): Promise<Home> {
  const middle: Home = { center: site.center, zoom: CITY_ZOOM }
  if (!site.basemap.pmtiles) return middle
  try {
    const answer = await ask(site.basemap.pmtiles, { headers: { Range: `bytes=0-${HEADER_BYTES - 1}` } })
    // A server that knows no ranges would send the whole archive.
    if (answer.status !== 206) return middle
    return centreOf(await answer.arrayBuffer(), site.bounds) ?? middle
  } catch {
    return middle
  }
}
