import { ref } from 'vue'
import { LiveFleet } from './liveFleet'

/** The console's one connection to moving vehicles, and which vehicle is ringed on whatever map shows them. */

const address = ref<string | null>(null)

/** Said when somebody signs in; null without a live process. */
export function serveFleetFrom(url: string | null): void {
  address.value = url
}

export const liveFleet = new LiveFleet(() => address.value)
/** Id of the ringed vehicle; 0 for none. */
export const ringed = ref(0)
