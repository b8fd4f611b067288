import { headingOf, type Held } from './aim'

type Asks = { requestPermission?: () => Promise<'granted' | 'denied'> }

/** Asks for the compass where a phone wants to be asked (iOS); to be called from a tap. */
export async function askCompass(): Promise<void> {
  const event = globalThis.DeviceOrientationEvent as (typeof DeviceOrientationEvent & Asks) | undefined
  await event?.requestPermission?.().catch(() => 'denied')
}

/** Tells where the camera looks, compass degrees, until it is stopped; a phone without a compass says nothing. */
export function followCompass(told: (headingDeg: number) => void): () => void {
  const heard = (event: Event): void => {
    const held = event as Event & Held & { absolute?: boolean }
    // Degrees from wherever the phone lay when the page began are no compass.
    if (event.type === 'deviceorientation' && !held.absolute && held.webkitCompassHeading === undefined) return
    const heading = headingOf(held)
    if (heading !== null) told(heading)
  }
  addEventListener('deviceorientationabsolute', heard)
  addEventListener('deviceorientation', heard)
  return () => {
    removeEventListener('deviceorientationabsolute', heard)
    removeEventListener('deviceorientation', heard)
  }
}
