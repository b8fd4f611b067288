import { onScopeDispose, watch, type WatchSource } from 'vue'

/**
 * Asks the server a moment after each change, and once at the beginning.
 *
 * What was asked before is broken off by its signal, so that a late answer does not stand over a newer one;
 * when the form goes, so does what still waits or is on its way.
 */
export function useSoon(source: WatchSource<unknown> | object, waitMs: number, ask: (signal: AbortSignal) => Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = new AbortController()

  function begin(): void {
    asking.abort()
    asking = new AbortController()
    void ask(asking.signal)
  }
  watch(source, () => {
    clearTimeout(timer)
    timer = setTimeout(begin, waitMs)
  }, { immediate: true, deep: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    asking.abort()
  })
}
