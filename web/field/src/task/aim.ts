import { distanceM, windOf, type Fix } from '@shared/geo/position'

/** Where the first photo was taken from, and the compass degrees it looked to, if that is known. */
export interface Spot {
  lon: number
  lat: number
  headingDeg: number | null
}

export type Turn = 'ahead' | 'littleLeft' | 'left' | 'littleRight' | 'right' | 'around'

/** What to do next: find a position, go there, face the same way, or take the photo. */
export type Step = 'lost' | 'go' | 'face' | 'hold'

export interface Aim {
  step: Step
  metres: number | null
  /** Degrees by which to turn, right is positive; null without a compass. */
  turnDeg: number | null
  turn: Turn | null
  /** One of eight winds towards the spot, for phones without a compass. */
  wind: number | null
}

/** From here a picture shows the same thing in the same frame. */
export const NEAR_M = 10
/** A hand does not hold a phone more exactly, and no compass of a phone is better. */
const STRAIGHT_DEG = 15
const LITTLE_DEG = 60
const BEHIND_DEG = 150

/** Initial compass bearing from one point to another, 0..360 from north clockwise. */
export function bearingDeg(from: Pick<Spot, 'lon' | 'lat'>, to: Pick<Spot, 'lon' | 'lat'>): number {
  const radians = Math.PI / 180
  const across = (to.lon - from.lon) * radians
  const east = Math.sin(across) * Math.cos(to.lat * radians)
  const north = Math.cos(from.lat * radians) * Math.sin(to.lat * radians) - Math.sin(from.lat * radians) * Math.cos(to.lat * radians) * Math.cos(across)
  return (Math.atan2(east, north) / radians + 360) % 360
}

/** The shorter way from one heading to another, -180..180, right is positive. */
export const turnDegrees = (fromDeg: number, toDeg: number): number => ((((toDeg - fromDeg) % 360) + 540) % 360) - 180

export function turnOf(degrees: number): Turn {
  const far = Math.abs(degrees)
  if (far <= STRAIGHT_DEG) return 'ahead'
  if (far > BEHIND_DEG) return 'around'
  if (degrees < 0) return far <= LITTLE_DEG ? 'littleLeft' : 'left'
  return far <= LITTLE_DEG ? 'littleRight' : 'right'
}

/** How to stand where the first photo was taken: first the way there, then the way it looked. */
export function aimAt(spot: Spot, fix: Pick<Fix, 'lon' | 'lat'> | null, headingDeg: number | null): Aim {
  if (!fix) return { step: 'lost', metres: null, turnDeg: null, turn: null, wind: null }
  const metres = distanceM(fix.lon, fix.lat, spot.lon, spot.lat)
  const near = metres <= NEAR_M
  const wanted = near ? spot.headingDeg : bearingDeg(fix, spot)
  const degrees = headingDeg === null || wanted === null ? null : turnDegrees(headingDeg, wanted)
  const turn = degrees === null ? null : turnOf(degrees)
  const step: Step = near ? (turn === null || turn === 'ahead' ? 'hold' : 'face') : 'go'
  return { step, metres, turnDeg: degrees, turn, wind: near ? null : windOf(fix.lon, fix.lat, spot.lon, spot.lat) }
}

/** What a phone says of how it is held, degrees (W3C Device Orientation); Safari says the heading itself. */
export interface Held {
  alpha: number | null
  beta: number | null
  gamma: number | null
  webkitCompassHeading?: number
}

/** Too flat on the table for its back camera to look anywhere. */
const FLAT = 0.05

/** Where the camera on the back looks, compass degrees: the horizontal part of its axis (worked example of the W3C specification). */
export function headingOf(held: Held): number | null {
  if (typeof held.webkitCompassHeading === 'number' && held.webkitCompassHeading >= 0) return held.webkitCompassHeading
  if (held.alpha === null || held.beta === null || held.gamma === null) return null
  const radians = Math.PI / 180
  const [x, y, z] = [held.beta * radians, held.gamma * radians, held.alpha * radians]
  const east = -Math.cos(z) * Math.sin(y) - Math.sin(z) * Math.sin(x) * Math.cos(y)
  const north = -Math.sin(z) * Math.sin(y) + Math.cos(z) * Math.sin(x) * Math.cos(y)
  if (Math.hypot(east, north) < FLAT) return (360 - held.alpha) % 360
  return (Math.atan2(east, north) / radians + 360) % 360
}
