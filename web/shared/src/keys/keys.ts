import { onScopeDispose, shallowReactive } from 'vue'

export interface KeyBinding {
  /** As shown on the cap: J, Enter, ?, Ctrl+K. */
  cap: string
  words: () => string
  group: () => string
  run: () => void
  /** Also while a field has the focus (only chords should). */
  inFields?: boolean
  when?: () => boolean
}

/** Everything that can be pressed now; the overlay lists it. */
export const bindings = shallowReactive(new Set<KeyBinding>())

const CODES: Record<string, string> = { Escape: 'Esc', ArrowDown: '↓', ArrowUp: '↑', ' ': 'Space' }

export function capOf(event: KeyboardEvent): string {
  const key = CODES[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key)
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Enter and Space belong to the button or link that has the focus. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a[href], [role=button], [role=option], [role=menuitem]') !== null
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const cap = capOf(event)
  const field = isField(event.target)
  if ((cap === 'Enter' || cap === 'Space') && isPressable(event.target)) return
  // The binding made last wins: a dialog's before the page's.
  const found = [...bindings].reverse().find((one) => one.cap.toUpperCase() === cap.toUpperCase() && (!field || one.inFields) && (one.when?.() ?? true))
  if (!found) return
  event.preventDefault()
  found.run()
}

let listening = false

/** Binds keys for the life of the calling component. */
export function useKeys(list: readonly KeyBinding[]): void {
  if (!listening) {
    listening = true
    window.addEventListener('keydown', press)
  }
  list.forEach((one) => bindings.add(one))
  onScopeDispose(() => list.forEach((one) => bindings.delete(one)))
}
