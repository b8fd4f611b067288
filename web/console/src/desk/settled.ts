import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Longer than this the map does not wait for a card. */
const PATIENCE_MS = 800

/** Runs after the next paint but one: the first still has the card's letters to draw. */
const afterPaint = (run: () => void): void => void requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(run)))

/** The number of the address, once the card with this number has been painted (or does not come); at once when nothing is open. */
export function useSettled(number: Readonly<Ref<string>>, card: () => string | undefined): Readonly<Ref<string>> {
  const settled = ref('')
  let waiting: ReturnType<typeof setTimeout> | undefined
  const settle = (): void => {
    clearTimeout(waiting)
    settled.value = number.value
  }
  watch([number, card], ([now, there]) => {
    clearTimeout(waiting)
    if (now === settled.value) return
    if (!now) settle()
    else if (there === now) afterPaint(settle)
    else waiting = setTimeout(settle, PATIENCE_MS)
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => clearTimeout(waiting))
  return settled
}
