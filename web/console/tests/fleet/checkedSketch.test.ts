import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import type { FleetDoors } from '../../src/fleet/doors'
import { useCheckedSketch, type CheckedSketch } from '../../src/fleet/fences/checkedSketch'
import type { Sketch } from '../../src/fleet/fences/sketch'

const circle = (size: number): Sketch => ({ shape: 'circle', parts: [[[118, 24]]], size })

describe('a sketch that the server looks at', () => {
  const asked: { signal: AbortSignal; answer: (notes: string[]) => void; refuse: (why: string) => void }[] = []
  const doors = {
    check: (_shape: unknown, signal: AbortSignal) => new Promise((done, fail) => {
      asked.push({ signal, answer: (notes) => done({ notes: notes.map((one) => ({ zh: one, en: one })) }), refuse: (why) => fail(new Error(why)) })
    }),
  } as unknown as FleetDoors
  let scope: EffectScope
  const sketch = ref<Sketch | null>(null)
  let found: CheckedSketch

  beforeEach(() => {
    vi.useFakeTimers()
    asked.length = 0
    sketch.value = circle(100)
    scope = effectScope()
    found = scope.run(() => useCheckedSketch(doors, sketch))!
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
  })
  const change = async (to: Sketch | null): Promise<void> => {
    sketch.value = to
    await nextTick()
  }
  const wait = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000)

  it('is asked about once, a moment after the last change', async () => {
    await change(circle(200))
    await change(circle(300))
    expect(asked).toHaveLength(0)
    await wait()
    expect(asked).toHaveLength(1)
  })

  it('tells notes, or why it would not be taken', async () => {
    await wait()
    asked[0]!.answer(['large'])
    await wait()
    expect([found.checked.value, found.notes.value]).toEqual(['', ['large']])
    await change(circle(200))
    await wait()
    asked[1]!.refuse('crossing sides')
    await wait()
    expect([found.checked.value, found.notes.value]).toEqual(['crossing sides', []])
  })

  it('leaves alone what comes for an older border', async () => {
    await wait()
    await change(circle(200))
    await wait()
    expect([asked[0]!.signal.aborted, asked[1]!.signal.aborted]).toEqual([true, false])
    asked[0]!.refuse('aborted')
    await wait()
    expect(found.checked.value).toBe('')
  })

  it('is not asked about while it is not complete, nor when its form has gone', async () => {
    await wait()
    await change(null)
    await wait()
    expect([asked.length, asked[0]!.signal.aborted]).toEqual([1, true])
    await change(circle(300))
    scope.stop()
    await wait()
    expect(asked).toHaveLength(1)
  })
})
