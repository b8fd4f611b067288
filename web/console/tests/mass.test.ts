import { describe, expect, it } from 'vitest'
import type { Loop } from '@shared/api/types'
import { type Account, MassRun, type MassDoors, type Preview, verbsFor } from '../src/cases/mass'
import { MOST, Selection } from '../src/cases/selection'

const SHOWN = ['a', 'b', 'c', 'd', 'e']

describe('choosing rows', () => {
  it('takes one by one, and a stretch with Shift', () => {
    const selection = new Selection()
    selection.toggle('b', SHOWN)
    selection.toggle('d', SHOWN, true)
    expect([...selection.chosen.value]).toEqual(['b', 'c', 'd'])
    selection.toggle('c', SHOWN)
    expect([...selection.chosen.value]).toEqual(['b', 'd'])
  })

  it('takes a stretch upwards and leaves one the same way', () => {
    const selection = new Selection()
    selection.toggleAll(SHOWN)
    selection.toggle('d', SHOWN)
    selection.toggle('b', SHOWN, true)
    expect([...selection.chosen.value]).toEqual(['a', 'e'])
  })

  it('takes all that are shown, then none', () => {
    const selection = new Selection()
    selection.toggleAll(SHOWN)
    expect(selection.count.value).toBe(5)
    selection.toggleAll(SHOWN)
    expect(selection.count.value).toBe(0)
  })

  it('never keeps a row that is not shown any more, nor more than one request takes', () => {
    const selection = new Selection()
    selection.toggleAll(SHOWN)
    selection.keep(['b', 'x'])
    expect([...selection.chosen.value]).toEqual(['b'])
    selection.toggleAll(Array.from({ length: MOST + 20 }, (_, at) => String(at)))
    expect(selection.count.value).toBe(MOST)
  })
})

const STEPS: Loop['steps'] = [
  { from: 'filed', verb: 'dispatch', to: ['dispatched'], zh: '派遣', en: 'dispatch', duties: [] },
  { from: 'checked', verb: 'close', to: ['closed'], zh: '结案', en: 'close', duties: [] },
  { from: 'filed', verb: 'void', to: ['voided'], zh: '作废', en: 'void', duties: [] },
]

it('offers the verbs that at least one chosen case can take, and none that is not for many', () => {
  expect(verbsFor([{ state: 'filed' }, { state: 'filed' }, { state: 'reported' }], STEPS)).toEqual([{ verb: 'dispatch', zh: '派遣', en: 'dispatch', fits: 2 }])
})

const UNIT = { name: 'unit', kind: 'unit' as const, required: true, zh: '责任单位', en: 'responsible unit' }
const line = (number: string, outcome: string) => ({ number, version: 4, title: '', outcome, why_zh: '', why_en: '', from_zh: '', from_en: '', to_zh: '', to_en: '', unit_zh: '', unit_en: '', due_at: null })
const account = (said: Partial<Account>): Account => ({ id: 9, verb: 'dispatch', of: 2, done: 0, failed: 0, totals: {}, ended_at: null, undo_at: null, undone_at: null, undo_totals: {}, can_undo: false, items: [], ...said })

/** A server that needs this many looks until a mass action has ended. */
function aServer(looks = 2, preview: Partial<Preview> = {}) {
  const asked: unknown[] = []
  const keys: string[] = []
  const doors: MassDoors = {
    preview: async (_verb, fields) => {
      asked.push(fields)
      return { totals: { possible: 2, wrong_state: 1 }, fields: [UNIT], items: [line('a', 'possible'), line('b', 'possible'), line('c', 'wrong_state')], ...preview }
    },
    run: async (body, key) => {
      asked.push(body)
      keys.push(key)
      return account({})
    },
    watch: async () => {
      looks -= 1
      if (looks === 1) throw new TypeError('lost')
      return account({ done: looks > 0 ? 1 : 2, ended_at: looks > 0 ? null : 'now', undone_at: looks > 0 ? null : 'now', can_undo: true })
    },
    undo: async () => account({ undo_at: 'now', ended_at: 'now', undone_at: 'now', undo_totals: { back: 2 } }),
  }
  return { asked, keys, run: new MassRun('dispatch', ['a', 'b', 'c'], doors, async () => undefined) }
}

describe('a mass action', () => {
  it('sends every case to its own unit unless one is chosen', async () => {
    const { asked, run } = aServer()
    await run.look()
    expect(asked[0]).toEqual({ unit: 'suggested' })
    expect(run.fields.value).toEqual([])
    run.bySuggestion.value = false
    expect(run.canRun.value).toBe(false)
    run.set('unit', '7')
    await run.look()
    expect(asked[1]).toEqual({ unit: 7 })
    expect(run.canRun.value).toBe(true)
  })

  it('does what the preview showed as possible, at the versions it showed, and watches to the end though an answer is lost', async () => {
    const { asked, run } = aServer(3)
    await run.look()
    expect(await run.run()).toBe(true)
    expect(asked[1]).toEqual({ verb: 'dispatch', fields: { unit: 'suggested' }, numbers: ['a', 'b'], versions: { a: 4, b: 4 } })
    expect(run.account.value?.done).toBe(2)
    expect(await run.undo()).toBe(true)
    expect(run.account.value?.undo_totals).toEqual({ back: 2 })
  })

  it('keeps its key while the words are the same, and takes another with other words', async () => {
    const { keys, run } = aServer(0)
    await run.look()
    await run.run()
    await run.run()
    run.bySuggestion.value = false
    run.set('unit', '7')
    await run.run()
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[0])
  })

  it('cannot be run where nothing is possible', async () => {
    const { run } = aServer(0, { totals: { wrong_state: 3 } })
    await run.look()
    expect(run.canRun.value).toBe(false)
  })
})
