/** Where a phone is: WGS-84 degrees, accuracy in metres, time in epoch milliseconds. */
export interface Fix {
  lon: number
  lat: number
  accuracyM: number
  at: number
}

export type NoFix = 'denied' | 'unavailable'

const EARTH_RADIUS_M = 6_371_008.8
const ASK: PositionOptions = { enableHighAccuracy: true, timeout: 12_000, maximumAge: 15_000 }

const fixOf = (position: GeolocationPosition): Fix => ({
  lon: position.coords.longitude,
  lat: position.coords.latitude,
  accuracyM: position.coords.accuracy,
  at: position.timestamp,
})

const whyNot = (error: GeolocationPositionError): NoFix => (error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable')

/** Asks the phone once; rejects with why there is no position. */
export function whereAmI(): Promise<Fix> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject('unavailable' satisfies NoFix)
    navigator.geolocation.getCurrentPosition((position) => resolve(fixOf(position)), (error) => reject(whyNot(error)), ASK)
  })
}

/** Follows the phone while the screen needs it; returns how to stop. */
export function followMe(told: (fix: Fix) => void, failed: (why: NoFix) => void): () => void {
  if (!navigator.geolocation) {
    failed('unavailable')
    return () => undefined
  }
  const id = navigator.geolocation.watchPosition((position) => told(fixOf(position)), (error) => failed(whyNot(error)), ASK)
  return () => navigator.geolocation.clearWatch(id)
}

/** Whether asking would not disturb: the person has allowed it before. */
export async function mayAsk(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted'
  } catch {
    return false
  }
}

/** Great-circle distance in metres. */
export function distanceM(fromLon: number, fromLat: number, toLon: number, toLat: number): number {
  const radians = Math.PI / 180
  const across = Math.sin(((toLat - fromLat) * radians) / 2) ** 2
  const along = Math.cos(fromLat * radians) * Math.cos(toLat * radians) * Math.sin(((toLon - fromLon) * radians) / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(across + along)))
}

/** 62 m, 1.4 km. */
export function distanceWords(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)} m`
  return metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`
}

/** Eight winds, from north clockwise: 0..7. */
export function windOf(fromLon: number, fromLat: number, toLon: number, toLat: number): number {
  const radians = Math.PI / 180
  const east = (toLon - fromLon) * Math.cos(fromLat * radians)
  const degrees = (Math.atan2(east, toLat - fromLat) / radians + 360) % 360
  return Math.round(degrees / 45) % 8
}
