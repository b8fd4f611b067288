import { readonly, ref, type Ref } from 'vue'
import { useConsole } from './state'

export interface LoopState {
  state: string
  zh: string
  en: string
}

const states: Ref<LoopState[]> = ref([])
let asked = false

/** The states of the loop, from the server's own table; read once. */
export function useLoop(): { states: Readonly<Ref<readonly LoopState[]>> } {
  const { app } = useConsole()
  if (!asked) {
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
