import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { PAUSE_MS, chipOf, useIntakeHelp, type LocatedPlace, type SuggestedClass } from '../src/intake/help'

const LAMP: SuggestedClass = { class_kind: 'component', code: '0118', zh: '路灯', en: 'street lamp', confidence: 0.9, why: ['路灯'], component: null }
const CORNER: LocatedPlace = { lon: 118.1, lat: 24.4, label_zh: '甲路与乙路交叉口', label_en: 'corner of A and B', precision_m: 15, confidence: 0.9, why: [], why_zh: [] }

interface Asked { path: string; query: Record<string, unknown>; signal: AbortSignal; answer: (body: unknown) => void; fail: (error: Error) => void }

function aDesk(text: string, point: [number, number] | null = null) {
  const asked: Asked[] = []
  const client = {
    get: <T>(path: string, query?: Record<string, unknown>, signal?: AbortSignal) =>
      new Promise<T>((resolve, reject) => asked.push({ path, query: query ?? {}, signal: signal!, answer: (body) => resolve(body as T), fail: reject })),
  }
  const words = ref(text)
  const scope = effectScope()
  const help = scope.run(() => useIntakeHelp(client as never, () => words.value, () => point, () => [118, 24]))!
  return { asked, words, help, scope }
}

const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0)
  await nextTick()
}

describe('intake help', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('asks both doors once after a pause in the typing', async () => {
    const { asked, words } = aDesk('路')
    words.value = '路灯'
    await nextTick()
    vi.advanceTimersByTime(PAUSE_MS - 1)
    words.value = '路灯不亮'
    await nextTick()
    vi.advanceTimersByTime(PAUSE_MS)
    expect(asked.map((one) => [one.path, one.query.text])).toEqual([['/cases/suggest', '路灯不亮'], ['/places/locate', '路灯不亮']])
    expect(asked[1]!.query.near_lon).toBe(118)
  })

  it('shows what the doors answer', async () => {
    const { asked, help } = aDesk('路灯不亮')
    vi.advanceTimersByTime(PAUSE_MS)
    asked[0]!.answer({ items: [LAMP], none: false })
    asked[1]!.answer({ candidates: [CORNER] })
    await settle()
    expect(help.classes.value).toEqual([LAMP])
    expect(help.places.value).toEqual([CORNER])
    expect(help.failed.value).toBe(false)
  })

  it('drops an answer to words that have changed since', async () => {
    const { asked, words, help } = aDesk('路灯不亮')
    vi.advanceTimersByTime(PAUSE_MS)
    words.value = '垃圾'
    await nextTick()
    vi.advanceTimersByTime(PAUSE_MS)
    expect(asked[0]!.signal.aborted).toBe(true)
    asked[0]!.answer({ items: [LAMP], none: false })
    asked[1]!.answer({ candidates: [CORNER] })
    await settle()
    expect(help.classes.value).toEqual([])
  })

  it('says when the door cannot be reached, and still shows the places', async () => {
    const { asked, help } = aDesk('路灯不亮')
    vi.advanceTimersByTime(PAUSE_MS)
    asked[0]!.fail(new Error('offline'))
    asked[1]!.answer({ candidates: [CORNER] })
    await settle()
    expect(help.failed.value).toBe(true)
    expect(help.places.value).toEqual([CORNER])
  })

  it('forgets everything when the words are gone, and stops with the page', async () => {
    const { asked, words, help, scope } = aDesk('路灯不亮')
    vi.advanceTimersByTime(PAUSE_MS)
    asked[0]!.answer({ items: [LAMP], none: true })
    asked[1]!.answer({ candidates: [] })
    await settle()
    words.value = ''
    await nextTick()
    expect([help.classes.value, help.none.value]).toEqual([[], false])
    words.value = '垃圾'
    await nextTick()
    scope.stop()
    vi.advanceTimersByTime(PAUSE_MS)
    expect(asked).toHaveLength(2)
  })

  it('Alt and a digit choose a chip', () => {
    const key = { altKey: true, ctrlKey: false, metaKey: false, code: 'Digit3' }
    expect(chipOf(key)).toBe(2)
    expect(chipOf({ ...key, code: 'Digit6' })).toBe(-1)
    expect(chipOf({ ...key, altKey: false })).toBe(-1)
    expect(chipOf({ ...key, ctrlKey: true })).toBe(-1)
  })
})
