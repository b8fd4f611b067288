import { inject, readonly, ref, type Ref } from 'vue'
import type { Loop } from '@shared/api/types'
import { APP_STATE } from './keys'

export interface LoopState {
  state: string
  zh: string
  en: string
  open: boolean
}

const states: Ref<LoopState[]> = ref([])
const steps: Ref<Loop['steps']> = ref([])
let asked = false

/** Whether a case of this state is still open; a state not known yet counts as open. */
export const isOpenState = (state: string): boolean => states.value.find((one) => one.state === state)?.open ?? true

/** The states and steps of the loop, from the server's own table; read once. */
export function useLoop(): { states: Readonly<Ref<readonly LoopState[]>>; steps: Readonly<Ref<Loop['steps']>> } {
  const app = inject(APP_STATE)?.app
  if (!asked && app) {
    asked = true
    app.doors.loop().then(
      (loop) => {
        states.value = loop.states
        steps.value = loop.steps
      },
      () => {
        asked = false
      },
    )
  }
  return { states: readonly(states), steps }
}
