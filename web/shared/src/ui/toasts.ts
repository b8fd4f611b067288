import { ref, type Ref } from 'vue'

export interface Toast {
  id: number
  words: string
  tone: 'plain' | 'ok' | 'wrong'
  /** Given only where going back is safe. */
  undo?: () => void | Promise<void>
}

/** A chance to undo lasts five seconds; a failure stays until it is read. */
const SHOWN_MS = 5000
const ROOM = 4

export const toasts: Ref<Toast[]> = ref([])
let last = 0

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

function show(toast: Omit<Toast, 'id'>, ms: number | null): number {
  last += 1
  const id = last
  toasts.value = [...toasts.value.slice(1 - ROOM), { ...toast, id }]
  if (ms !== null) setTimeout(() => dismiss(id), ms)
  return id
}

export function say(words: string, undo?: () => void | Promise<void>): number {
  return show({ words, tone: 'plain', undo }, SHOWN_MS)
}

export function sayDone(words: string): number {
  return show({ words, tone: 'ok' }, SHOWN_MS)
}

export function sayWrong(words: string): number {
  return show({ words, tone: 'wrong' }, null)
}
