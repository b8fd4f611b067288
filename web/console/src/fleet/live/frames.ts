/** Frames of moving vehicles as the live process sends them (docs/reference/live-fleet.md), read into arrays that the map draws from. */

const VERSION = 1
const KEY = 1
const HEAD_BYTES = 24
const FAR = -128
/** Units of a place: 1e-5 degree, about a metre. */
export const UNITS_PER_DEGREE = 1e5
const NEVER_S = 65_535

/** What is known of every vehicle in sight; rows are the same in all arrays. */
export interface Rows {
  count: number
  seq: number
  ids: Uint32Array
  /** Where it is now and where it was one frame before, in units. */
  x: Int32Array
  y: Int32Array
  fromX: Int32Array
  fromY: Int32Array
  /** Moment of the last fix in ms; 0 where none was ever heard. */
  heardMs: Float64Array
  /** Degrees. */
  heading: Uint16Array
  kind: Uint8Array
}

export class BrokenFrame extends Error {}

export const NO_ROWS: Rows = rowsOf(0, 0)

function rowsOf(count: number, seq: number): Rows {
  const ints = (): Int32Array => new Int32Array(count)
  return { count, seq, ids: new Uint32Array(count), x: ints(), y: ints(), fromX: ints(), fromY: ints(), heardMs: new Float64Array(count), heading: new Uint16Array(count), kind: new Uint8Array(count) }
}

/** A frame as it comes: deflated without header. */
export async function inflated(frame: ArrayBuffer): Promise<ArrayBuffer> {
  const stream = new Response(frame).body?.pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).arrayBuffer()
}

/** The rows after a frame: a key frame makes new ones, a delta moves those that are there; throws BrokenFrame when one is missing before it. */
export function take(frame: ArrayBuffer, rows: Rows): Rows {
  const view = new DataView(frame)
  if (frame.byteLength < HEAD_BYTES || view.getUint8(1) !== VERSION) throw new BrokenFrame('a frame of another version')
  const count = view.getUint32(4, true)
  const seq = view.getUint32(8, true)
  const nowMs = view.getFloat64(12, true)
  if (view.getUint8(0) === KEY) return whole(frame, count, seq, nowMs)
  if (count !== rows.count || seq !== rows.seq + 1) throw new BrokenFrame('a frame is missing')
  move(frame, rows, nowMs)
  return { ...rows, seq }
}

/** Arrays in a frame need not begin where their elements may, so each is copied out. */
const part = (frame: ArrayBuffer, at: number, bytes: number): ArrayBuffer => frame.slice(at, at + bytes)

function whole(frame: ArrayBuffer, count: number, seq: number, nowMs: number): Rows {
  const rows = rowsOf(count, seq)
  let at = HEAD_BYTES
  const next = (bytes: number): ArrayBuffer => {
    at += bytes
    return part(frame, at - bytes, bytes)
  }
  rows.ids.set(new Uint32Array(next(4 * count)))
  rows.x.set(new Int32Array(next(4 * count)))
  rows.y.set(new Int32Array(next(4 * count)))
  const age = new Uint16Array(next(2 * count))
  const heading = new Uint8Array(next(count))
  rows.kind.set(new Uint8Array(next(count)))
  rows.fromX.set(rows.x)
  rows.fromY.set(rows.y)
  for (let row = 0; row < count; row += 1) {
    const old = age[row] ?? NEVER_S
    rows.heardMs[row] = old === NEVER_S ? 0 : nowMs - 1000 * old
    rows.heading[row] = 2 * (heading[row] ?? 0)
  }
  return rows
}

function move(frame: ArrayBuffer, rows: Rows, nowMs: number): void {
  const { count, x, y, fromX, fromY, heardMs, heading } = rows
  const counts = new DataView(frame, HEAD_BYTES, 8)
  const far = counts.getUint32(0, true)
  const jumps = counts.getUint32(4, true)
  const start = HEAD_BYTES + 8
  const dx = new Int8Array(frame, start, count)
  const dy = new Int8Array(frame, start + count, count)
  const bits = new Uint8Array(frame, start + 2 * count, (count + 7) >> 3)
  fromX.set(x)
  fromY.set(y)
  for (let row = 0; row < count; row += 1) {
    const east = dx[row] as number
    const north = dy[row] as number
    if (east !== FAR && (east !== 0 || north !== 0)) {
      x[row] = (x[row] as number) + east
      y[row] = (y[row] as number) + north
      turn(heading, row, east, north)
    }
    if ((bits[row >> 3] as number) & (1 << (row & 7))) heardMs[row] = nowMs
  }
  let at = start + 2 * count + bits.length
  const farRows = new Uint32Array(part(frame, at, 4 * far))
  const farX = new Int16Array(part(frame, at + 4 * far, 2 * far))
  const farY = new Int16Array(part(frame, at + 6 * far, 2 * far))
  for (let one = 0; one < far; one += 1) {
    const row = farRows[one] as number
    const east = farX[one] as number
    const north = farY[one] as number
    x[row] = (x[row] as number) + east
    y[row] = (y[row] as number) + north
    turn(heading, row, east, north)
  }
  at += 8 * far
  const jumpRows = new Uint32Array(part(frame, at, 4 * jumps))
  const jumpX = new Int32Array(part(frame, at + 4 * jumps, 4 * jumps))
  const jumpY = new Int32Array(part(frame, at + 8 * jumps, 4 * jumps))
  for (let one = 0; one < jumps; one += 1) {
    const row = jumpRows[one] as number
    // Drawn there at once: a slide over the roofs of the town would say that it drove there.
    x[row] = fromX[row] = jumpX[one] as number
    y[row] = fromY[row] = jumpY[one] as number
  }
}

/** Where it drove is where it looks; a step of a metre or two is noise. */
function turn(heading: Uint16Array, row: number, east: number, north: number): void {
  if (Math.abs(east) + Math.abs(north) < 3) return
  heading[row] = (Math.round((Math.atan2(east * 0.91, north) * 180) / Math.PI) + 360) % 360
}

/** Row of the vehicle nearest to a place, within a reach in units; -1 without one. */
export function nearest(rows: Rows, lon: number, lat: number, reach: number, shown: (kind: number) => boolean = () => true): number {
  const px = lon * UNITS_PER_DEGREE
  const py = lat * UNITS_PER_DEGREE
  let found = -1
  let best = reach * reach
  for (let row = 0; row < rows.count; row += 1) {
    const east = (rows.x[row] as number) - px
    const north = (rows.y[row] as number) - py
    const square = east * east + north * north
    if (square < best && (rows.heardMs[row] as number) > 0 && shown(rows.kind[row] as number)) {
      best = square
      found = row
    }
  }
  return found
}

/** How much of a vehicle's colour is left: all for a minute, then less by its age down to a fifth at half an hour. */
export function shareOf(ageS: number): number {
  if (ageS <= 60) return 1
  return Math.max(0.2, 0.7 - (0.5 * (ageS - 60)) / 1740)
}

/** How far along from the last place to the present one, 0..1; a reader who wants no motion is shown the present place. */
export function partOf(sinceMs: number, still: boolean): number {
  return still ? 1 : Math.min(1, Math.max(0, sinceMs / 1000))
}
