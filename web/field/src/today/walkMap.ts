import { PMTiles } from 'pmtiles'

/** Everything the map draws on a walk: the coarse layers to 12, the streets and houses from 13 to 15. */
const ZOOMS = [9, 10, 11, 12, 13, 14, 15] as const
/** About how far a phone's map at street level reaches around a task, degrees. */
const AROUND = 0.006
/** Pieces fetched ahead for one walk; each is some tens of kilobytes. */
const MOST_TILES = 120

export interface Spot {
  lon: number
  lat: number
}

const column = (lon: number, z: number): number => Math.floor(((lon + 180) / 360) * 2 ** z)

function row(lat: number, z: number): number {
  const radians = (lat * Math.PI) / 180
  return Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** z)
}

/** The tiles around the tasks of a walk, coarse ones first: z, x, y. */
export function tilesAround(spots: readonly Spot[]): [number, number, number][] {
  const tiles = new Map<string, [number, number, number]>()
  for (const z of ZOOMS) {
    for (const { lon, lat } of spots) {
      for (let x = column(lon - AROUND, z); x <= column(lon + AROUND, z); x += 1) {
        for (let y = row(lat + AROUND, z); y <= row(lat - AROUND, z); y += 1) tiles.set(`${z}/${x}/${y}`, [z, x, y])
      }
    }
  }
  return [...tiles.values()].slice(0, MOST_TILES)
}

/** Reads the walk's tiles once, so that the worker keeps them; stops where the network ends. */
export async function fetchMapAhead(address: string, spots: readonly Spot[]): Promise<number> {
  const archive = new PMTiles(new URL(address, location.href).href)
  let read = 0
  for (const [z, x, y] of tilesAround(spots)) {
    try {
      await archive.getZxy(z, x, y)
    } catch {
      return read
    }
    read += 1
  }
  return read
}
