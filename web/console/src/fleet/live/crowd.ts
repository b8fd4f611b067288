import { UNITS_PER_DEGREE, type Rows } from './frames'

/** Where so many vehicles are in view that they lie over each other, one point stands for those of a small square. */

/** From so many in view on; each point costs a processor that draws without a graphics card about a microsecond a frame. */
export const CROWD = 10_000
/** Side of the square in pixels, and in sizes of a point: larger than the point, so that a crowd still reads as points. */
const SIDE_PIXELS = 8
const SIDE_SIZES = 1.6
const WORLD_PIXELS = 512
/** A point that stands for so many is drawn larger, by a quarter of its size each time. */
const STEPS = [3, 7]
const STEP = 0.25

/** What is looked at: degrees, zoom, and the size of a point in pixels. */
export interface Sight {
  west: number
  south: number
  east: number
  north: number
  zoom: number
  size: number
}

/** Which rows are drawn, and how much larger than usual each. */
export interface Sparse {
  rows: Int32Array
  sizes: Float32Array
}

/** The view and half of it again on each side, so that a drag need not choose anew. */
export function wide(sight: Sight): Sight {
  const x = (sight.east - sight.west) / 2
  const y = (sight.north - sight.south) / 2
  return { ...sight, west: sight.west - x, east: sight.east + x, south: sight.south - y, north: sight.north + y }
}

/** Whether what was chosen for one view does for another. */
export function covers(chosen: Sight, now: Sight): boolean {
  return Math.abs(chosen.zoom - now.zoom) < 0.2 && chosen.west <= now.west && chosen.east >= now.east && chosen.south <= now.south && chosen.north >= now.north
}

/** The rows in view; of a crowd one for each square, the last heard of it. The selected one is always among them when it is in view. */
export function sparse(rows: Rows, sight: Sight, shown: (kind: number) => boolean, selected: number): Sparse {
  const near = inView(rows, sight, shown)
  if (near.length <= CROWD) return { rows: near, sizes: new Float32Array(near.length).fill(1) }
  const squareOf = squares(sight)
  const counts = new Uint16Array(squareOf.count)
  const drawn = new Int32Array(squareOf.count).fill(-1)
  for (const row of near) {
    const square = squareOf.at(rows.x[row] as number, rows.y[row] as number)
    const there = drawn[square] as number
    if (there !== selected || there < 0) {
      if (there < 0 || row === selected || (rows.heardMs[row] as number) > (rows.heardMs[there] as number)) drawn[square] = row
    }
    counts[square] = Math.min(65_535, (counts[square] as number) + 1)
  }
  const full = Int32Array.from(drawn.keys()).filter((square) => (drawn[square] as number) >= 0)
  return {
    rows: full.map((square) => drawn[square] as number),
    sizes: Float32Array.from(full, (square) => 1 + STEP * STEPS.filter((least) => (counts[square] as number) >= least).length),
  }
}

const units = (degrees: number): number => Math.round(degrees * UNITS_PER_DEGREE)

function inView(rows: Rows, sight: Sight, shown: (kind: number) => boolean): Int32Array {
  const [west, south, east, north] = [units(sight.west), units(sight.south), units(sight.east), units(sight.north)]
  const found = new Int32Array(rows.count)
  let count = 0
  for (let row = 0; row < rows.count; row += 1) {
    const [x, y] = [rows.x[row] as number, rows.y[row] as number]
    if (x >= west && x <= east && y >= south && y <= north && rows.heardMs[row] !== 0 && shown(rows.kind[row] as number)) found[count++] = row
  }
  return found.subarray(0, count)
}

/** The squares of a view: how many, and which one a place lies in. */
function squares(sight: Sight): { count: number; at: (x: number, y: number) => number } {
  const side = Math.max(SIDE_PIXELS, SIDE_SIZES * sight.size)
  const wideUnits = Math.max(1, (side * 360 * UNITS_PER_DEGREE) / (WORLD_PIXELS * 2 ** sight.zoom))
  const highUnits = Math.max(1, wideUnits * Math.cos(((sight.south + sight.north) * Math.PI) / 360))
  const [west, south] = [units(sight.west), units(sight.south)]
  const columns = Math.ceil((units(sight.east) - west) / wideUnits) + 1
  const lines = Math.ceil((units(sight.north) - south) / highUnits) + 1
  return { count: columns * lines, at: (x, y) => Math.floor((y - south) / highUnits) * columns + Math.floor((x - west) / wideUnits) }
}
