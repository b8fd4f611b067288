import { distanceM } from '@shared/geo/position'

export interface Spot {
  lon: number
  lat: number
}

/** Two-opt gives up after this many passes; a day's walk of 100 settles in fewer than ten. */
const MOST_PASSES = 30
const GAIN_M = 0.01

/** Metres of a walk that begins at `start` and takes the spots in this order. */
export function walkM(start: Spot, spots: readonly Spot[]): number {
  let here = start
  let metres = 0
  for (const spot of spots) {
    metres += distanceM(here.lon, here.lat, spot.lon, spot.lat)
    here = spot
  }
  return metres
}

/** The spots in a short order to walk from `start` without coming back: nearest neighbour, then two-opt; equal spots keep their order. */
export function walkOrder<T extends Spot>(start: Spot, spots: readonly T[]): T[] {
  return untangled(start, nearestFirst(start, spots))
}

function nearestFirst<T extends Spot>(start: Spot, spots: readonly T[]): T[] {
  const left = [...spots]
  const walk: T[] = []
  let here: Spot = start
  while (left.length > 0) {
    const from = here
    let best = 0
    let bestM = Infinity
    left.forEach((spot, index) => {
      const metres = distanceM(from.lon, from.lat, spot.lon, spot.lat)
      if (metres < bestM) [best, bestM] = [index, metres]
    })
    const [next] = left.splice(best, 1)
    walk.push(next!)
    here = next!
  }
  return walk
}

/** Turns round every stretch whose turning makes the walk shorter, until none does. */
function untangled<T extends Spot>(start: Spot, walk: T[]): T[] {
  const far = (a: Spot, b: Spot): number => distanceM(a.lon, a.lat, b.lon, b.lat)
  let now = walk
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    let better = false
    for (let from = 0; from < now.length - 1; from += 1) {
      for (let to = from + 1; to < now.length; to += 1) {
        const before: Spot = from === 0 ? start : now[from - 1]!
        const after = now[to + 1]
        const gain = far(before, now[from]!) + (after ? far(now[to]!, after) : 0) - far(before, now[to]!) - (after ? far(now[from]!, after) : 0)
        if (gain <= GAIN_M) continue
        now = [...now.slice(0, from), ...now.slice(from, to + 1).reverse(), ...now.slice(to + 1)]
        better = true
      }
    }
    if (!better) break
  }
  return now
}
