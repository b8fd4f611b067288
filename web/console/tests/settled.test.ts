import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useSettled } from '../src/desk/settled'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function aDesk() {
  const [number, card] = [ref(''), ref<string>()]
  const scope = effectScope()
  const settled = scope.run(() => useSettled(number, () => card.value))!
  return { number, card, settled, leave: () => scope.stop() }
}

it('the map turns to a case after its card has been painted, and away from it at once', async () => {
  const { number, card, settled } = aDesk()
  number.value = '1'
  await vi.advanceTimersByTimeAsync(100)
  expect(settled.value).toBe('')
  card.value = '1'
  await nextTick()
  expect(settled.value).toBe('')
  await vi.advanceTimersByTimeAsync(50)
  expect(settled.value).toBe('1')
  number.value = ''
  await nextTick()
  expect(settled.value).toBe('')
})

it('it does not wait for a card that does not come, nor for one that was left', async () => {
  const { number, settled, leave } = aDesk()
  number.value = '1'
  await vi.advanceTimersByTimeAsync(500)
  number.value = '2'
  await vi.advanceTimersByTimeAsync(500)
  expect(settled.value).toBe('')
  await vi.advanceTimersByTimeAsync(400)
  expect(settled.value).toBe('2')
  number.value = '3'
  await nextTick()
  leave()
  await vi.advanceTimersByTimeAsync(2000)
  expect(settled.value).toBe('2')
})
