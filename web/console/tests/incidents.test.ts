import { describe, expect, it } from 'vitest'
import { GroupRun, type Group, type GroupAccount, type GroupMember, type IncidentDoors } from '../src/incidents/incidents'
import type { PreviewLine } from '../src/cases/mass'

const member = (number: string, canMerge = true): GroupMember => ({
  number, version: 1, title: '爆管', address: '', state: 'reported', state_zh: '', state_en: '', class_zh: '', class_en: '', unit_zh: '', unit_en: '',
  opened_at: '2026-11-22T01:00:00Z', reports: 1, photo: null, can_merge: canMerge, distance_m: 3, score: 0.8, why_zh: '', why_en: '', linked_to: 'L', link_score: 0.8,
})
const group: Group = { leading: member('L'), members: [member('A'), member('B'), member('U', false)], place_zh: '', place_en: '', span_m: 3, first_at: '', last_at: '', reports: 4 }
const line = (number: string, outcome: string): PreviewLine => ({ number, version: 4, title: '', outcome, why_zh: '', why_en: '', from_zh: '', from_en: '', to_zh: '', to_en: '', unit_zh: '', unit_en: '', due_at: null })
const account = (said: Partial<GroupAccount>): GroupAccount => ({ id: 7, into: 'L', of: 1, done: 1, failed: 0, totals: { done: 1 }, ended_at: 'now', undo_at: null, undone_at: null, back: 0, stays: 0, items: [], ...said })

class Doors {
  asked: { body: { into: string; numbers: readonly string[]; versions: Record<string, number> }; key: string }[] = []
  watched = 0
  undone = 0
  fails = 0
  preview = async (_into: string, numbers: readonly string[]) => numbers.map((number) => line(number, number === 'B' ? 'wrong_state' : 'possible'))
  group = async (body: { into: string; numbers: readonly string[]; versions: Record<string, number> }, key: string) => {
    this.asked.push({ body, key })
    if (this.fails-- > 0) throw new Error('lost')
    return account({ ended_at: null })
  }
  watch = async () => account({ ended_at: ++this.watched > 1 ? 'now' : null })
  undo = async () => account({ undone_at: ++this.undone > 2 ? 'now' : null })
}

const begun = (doors = new Doors()): { run: GroupRun; doors: Doors } => ({ run: new GroupRun(group, doors as unknown as IncidentDoors, async () => undefined), doors })

describe('a group of cases that may be one incident', () => {
  it('has everything chosen that can be merged', () => {
    const { run } = begun()
    expect([...run.chosen.value]).toEqual(['A', 'B'])
    run.toggle('A')
    run.toggle('A')
    run.toggle('B')
    expect([...run.chosen.value]).toEqual(['A'])
  })

  it('merges what the preview showed as possible with the versions it showed, and watches to the end', async () => {
    const { run, doors } = begun()
    await run.look()
    expect(run.stays.value.map((one) => one.number)).toEqual(['B'])
    expect(await run.run()).toBe(true)
    expect(doors.asked[0]?.body).toMatchObject({ into: 'L', numbers: ['A'], versions: { A: 4 } })
    expect(run.account.value?.ended_at).toBe('now')
    expect(doors.watched).toBe(2)
  })

  it('sends the same request again under the same key, another one under another', async () => {
    const { run, doors } = begun()
    doors.fails = 1
    await run.look()
    expect(await run.run()).toBe(false)
    expect(run.wrong.value).not.toBe('')
    await run.run()
    run.note.value = '同一处'
    await run.run()
    const keys = doors.asked.map((one) => one.key)
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[1])
  })

  it('asks for undoing until it is all taken back', async () => {
    const { run, doors } = begun()
    await run.look()
    await run.run()
    expect(await run.undo()).toBe(true)
    expect(doors.undone).toBe(3)
    expect(run.account.value?.undone_at).toBe('now')
  })
})
