import { describe, expect, it } from 'vitest'
import { aimAt, bearingDeg, headingOf, NEAR_M, turnDegrees, turnOf } from '../src/task/aim'

const SPOT = { lon: 118.1, lat: 24.48, headingDeg: 90 }
const METRE_LAT = 1 / 111_195
const METRE_LON = METRE_LAT / Math.cos((24.48 * Math.PI) / 180)
const off = (east: number, north: number) => ({ lon: SPOT.lon + east * METRE_LON, lat: SPOT.lat + north * METRE_LAT })

describe('the way to where the first photo was taken', () => {
  it('has a bearing by the compass', () => {
    expect(bearingDeg(off(0, -100), SPOT)).toBeCloseTo(0, 1)
    expect(bearingDeg(off(-100, 0), SPOT)).toBeCloseTo(90, 1)
    expect(bearingDeg(off(0, 100), SPOT)).toBeCloseTo(180, 1)
    expect(bearingDeg(off(70, -70), SPOT)).toBeCloseTo(315, 0)
  })

  it('turns the shorter way round, also over north', () => {
    expect(turnDegrees(350, 10)).toBe(20)
    expect(turnDegrees(10, 350)).toBe(-20)
    expect(turnDegrees(90, 90)).toBe(0)
    expect([-10, -40, -100, 40, 100, 170, -170].map(turnOf)).toEqual(['ahead', 'littleLeft', 'left', 'littleRight', 'right', 'around', 'around'])
  })

  it('says how far and where to turn, without a compass which wind', () => {
    expect(aimAt(SPOT, off(0, -100), 30)).toMatchObject({ step: 'go', turn: 'littleLeft', wind: 0 })
    expect(aimAt(SPOT, off(0, -100), null)).toMatchObject({ step: 'go', turn: null, wind: 0 })
    expect(aimAt(SPOT, off(0, -100), 0).metres).toBeCloseTo(100, 0)
    expect(aimAt(SPOT, null, 30)).toMatchObject({ step: 'lost', metres: null })
  })

  it('is there within ten metres, and then says which way the first photo looked', () => {
    expect(aimAt(SPOT, off(NEAR_M - 1, 0), 92)).toMatchObject({ step: 'hold', turn: 'ahead' })
    expect(aimAt(SPOT, off(NEAR_M - 1, 0), 150)).toMatchObject({ step: 'face', turn: 'littleLeft' })
    expect(aimAt(SPOT, off(NEAR_M + 1, 0), 92).step).toBe('go')
    expect(aimAt({ ...SPOT, headingDeg: null }, off(3, 0), 150)).toMatchObject({ step: 'hold', turn: null })
    expect(aimAt(SPOT, off(3, 0), null).step).toBe('hold')
  })
})

describe('where the camera looks', () => {
  it('is the way of its back when the phone is upright', () => {
    expect(headingOf({ alpha: 0, beta: 90, gamma: 0 })).toBeCloseTo(0)
    expect(headingOf({ alpha: 270, beta: 90, gamma: 0 })).toBeCloseTo(90)
    expect(headingOf({ alpha: 180, beta: 60, gamma: 0 })).toBeCloseTo(180)
  })

  it('is the way of its head when it lies flat, and nothing where the phone says nothing', () => {
    expect(headingOf({ alpha: 300, beta: 0, gamma: 0 })).toBeCloseTo(60)
    expect(headingOf({ alpha: null, beta: 1, gamma: 1 })).toBeNull()
    expect(headingOf({ alpha: 10, beta: 90, gamma: 0, webkitCompassHeading: 123 })).toBe(123)
  })
})
