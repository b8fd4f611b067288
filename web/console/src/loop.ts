import { inject, readonly, ref, type Ref } from 'vue'
import { APP_STATE } from './keys'

export interface LoopState {
  state: string
  zh: string
  en: string
  open: boolean
}

const states: Ref<LoopState[]> = ref([])
let asked = false

/** Whether a case of this state is still open; a state not known yet counts as open. */
export const isOpenState = (state: string): boolean => states.value.find((one) => one.state === state)?.open ?? true

/** The states of the loop, from the server's own table; read once. */
export function useLoop(): { states: Readonly<Ref<readonly LoopState[]>> } {
  const app = inject(APP_STATE)?.app
  if (!asked && app) {
    asked = true
    app.doors.loop().then(
      (loop) => {
        states.value = loop.states
      },
      () => {
        asked = false
      },
    )
  }
  return { states: readonly(states) }
}
