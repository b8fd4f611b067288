import { expect, it } from 'vitest'
import { createApp, defineComponent, h, nextTick } from 'vue'
import VirtualList from '@shared/ui/VirtualList.vue'
import { type Line, linesOf } from '../src/desk/queue'
import { filterOf } from '../src/desk/savedKeys'
import { aRow } from './rows'

const NOW = Date.parse('2026-11-22T06:32:00Z')

it('10,000 rows scroll: only those in sight are in the page, from the first to the last', async () => {
  const rows = Array.from({ length: 10_000 }, (_, at) => aRow({ number: `n${at}`, stage_due_at: new Date(NOW + (at - 100) * 60_000).toISOString() }))
  const lines = linesOf(rows, NOW)
  expect(lines.length).toBe(10_003)
  const box = document.createElement('div')
  document.body.append(box)
  const list = defineComponent({
    render: () => h(VirtualList<Line>, { items: lines, heightOf: () => 52, keyOf: (line: Line) => (line.kind === 'cap' ? line.name : line.row.number), label: 'queue' }, { row: ({ item }: { item: Line }) => h('i', item.kind === 'cap' ? item.name : item.row.number) }),
  })
  const app = createApp(list)
  app.mount(box)
  const shown = (): string[] => [...box.querySelectorAll('i')].map((one) => one.textContent ?? '')
  await nextTick()
  expect(shown()[0]).toBe('late')
  expect(shown().length).toBeLessThan(40)
  const scroller = box.querySelector<HTMLElement>('.virtual')!
  scroller.scrollTop = 52 * 10_003
  scroller.dispatchEvent(new Event('scroll'))
  await nextTick()
  expect(shown().at(-1)).toBe('n9999')
  expect(shown().length).toBeLessThan(40)
  app.unmount()
})

it('a saved view is a filter of the queue when the queue can say it', () => {
  expect(filterOf({ view: 'late', unit: '5' })).toEqual({ view: 'late', state: '', class: '', unit: '5', q: '' })
  expect(filterOf({ place: '350203' })).toBeNull()
  expect(filterOf({ view: 'nonsense' })).toBeNull()
})
