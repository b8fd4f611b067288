import { describe, expect, it } from 'vitest'
import { tilesAround } from '../src/today/walkMap'
import { walkM, walkOrder, type Spot } from '../src/today/walk'

const START = { lon: 118.1, lat: 24.48 }
const at = (x: number, y: number): Spot => ({ lon: START.lon + x / 1000, lat: START.lat + y / 1000 })

/** Pseudo-random spots, the same each time. */
function spots(count: number, seed: number): Spot[] {
  let state = seed
  const next = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648
  return Array.from({ length: count }, () => at(next() * 20, next() * 20))
}

function permutations<T>(all: T[]): T[][] {
  if (all.length < 2) return [all]
  return all.flatMap((one, index) => permutations([...all.slice(0, index), ...all.slice(index + 1)]).map((rest) => [one, ...rest]))
}

describe('the order of a walk', () => {
  it('takes every spot once', () => {
    const all = spots(60, 3)
    const walk = walkOrder(START, all)
    expect(walk).toHaveLength(60)
    expect(new Set(walk)).toEqual(new Set(all))
  })

  it('goes along a street instead of to and fro', () => {
    const street = [at(-1, 0), at(2, 0), at(4, 0), at(8, 0)]
    expect(walkOrder(START, [street[3]!, street[1]!, street[0]!, street[2]!])).toEqual(street)
  })

  it('has no crossing that turning a stretch round would undo', () => {
    const walk = walkOrder(START, spots(40, 11))
    const metres = walkM(START, walk)
    for (let from = 0; from < walk.length; from += 1) {
      for (let to = from + 1; to < walk.length; to += 1) {
        const turned = [...walk.slice(0, from), ...walk.slice(from, to + 1).reverse(), ...walk.slice(to + 1)]
        expect(walkM(START, turned)).toBeGreaterThan(metres - 0.1)
      }
    }
  })

  it('is within a fifth of the shortest of all orders of seven', () => {
    for (const seed of [1, 2, 3]) {
      const all = spots(7, seed)
      const shortest = Math.min(...permutations(all).map((order) => walkM(START, order)))
      expect(walkM(START, walkOrder(START, all))).toBeLessThanOrEqual(shortest * 1.2)
    }
  })

  it('is empty for a day without tasks', () => {
    expect(walkOrder(START, [])).toEqual([])
  })
})

describe('the map of a walk', () => {
  it('is fetched coarse first, around every task, within its bound', () => {
    const tiles = tilesAround([START])
    expect(tiles[0]![0]).toBe(9)
    expect(tiles).toContainEqual([15, 27133, 14084])
    expect(tilesAround(Array.from({ length: 80 }, (_, index) => at(index * 50, 0)))).toHaveLength(120)
  })
})
