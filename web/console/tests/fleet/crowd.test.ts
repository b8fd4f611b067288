import { describe, expect, it } from 'vitest'
import { covers, CROWD, sparse, wide, type Sight } from '../../src/fleet/live/crowd'
import { NO_ROWS, type Rows } from '../../src/fleet/live/frames'

const CITY: Sight = { west: 118, south: 24.4, east: 118.5, north: 24.8, zoom: 9.7, size: 4 }
const HEARD = 1000

/** `count` vehicles side by side, ten units (metres) apart; the first of them heard last. */
function convoy(count: number): Rows {
  const x = Int32Array.from({ length: count }, (_, at) => 11_810_000 + 10 * (at % 2000))
  const y = Int32Array.from({ length: count }, (_, at) => 2_450_000 + 10 * Math.floor(at / 2000))
  return { ...NO_ROWS, count, x, y, fromX: x, fromY: y, heardMs: Float64Array.from({ length: count }, (_, at) => HEARD + count - at), heading: new Uint16Array(count), kind: new Uint8Array(count) }
}

describe('a crowd of vehicles', () => {
  it('is drawn whole while it is none', () => {
    const { rows, sizes } = sparse(convoy(CROWD), CITY, () => true, -1)
    expect(rows).toEqual(Int32Array.from({ length: CROWD }, (_, at) => at))
    expect(new Set(sizes)).toEqual(new Set([1]))
  })

  it('has one point a square, of the vehicle last heard, larger where it stands for many', () => {
    const { rows, sizes } = sparse(convoy(CROWD + 2000), CITY, () => true, -1)
    expect(rows.length).toBeLessThan(CROWD / 50)
    expect(rows.length).toBeGreaterThan(20)
    expect(rows).toContain(0)
    expect(Math.max(...sizes)).toBe(1.5)
  })

  it('always has the selected vehicle, though another of its square was heard later', () => {
    const found = sparse(convoy(CROWD + 2000), CITY, () => true, 7).rows
    expect(found).toContain(7)
    expect(found).not.toContain(0)
  })

  it('leaves out what is not shown, not heard, or not in view', () => {
    const rows = convoy(30)
    rows.kind[3] = 1
    rows.heardMs[4] = 0
    rows.x[5] = 11_900_000
    const drawn = sparse(rows, CITY, (kind) => kind === 0, -1).rows
    expect(drawn).toHaveLength(27)
    expect([3, 4, 5].filter((row) => drawn.includes(row))).toEqual([])
  })

  it('is chosen anew when the view leaves what it was chosen for, or comes nearer', () => {
    const chosen = wide(CITY)
    expect(covers(chosen, { ...CITY, west: 118.2, east: 118.7 })).toBe(true)
    expect(covers(chosen, { ...CITY, west: 118.4, east: 118.9 })).toBe(false)
    expect(covers(chosen, { ...CITY, zoom: 10 })).toBe(false)
  })
})
