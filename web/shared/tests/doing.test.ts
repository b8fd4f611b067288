import { describe, expect, it } from 'vitest'
import { Problem } from '../src/api/problem'
import { useDoing } from '../src/ui/doing'

const refused = (): Promise<never> => Promise.reject(new Problem({ fields: { plate: 'unknown' } }, 422, 'No such plate'))

describe('something done with the server', () => {
  it('is busy until it has ended, however it ends', async () => {
    const { busy, during } = useDoing()
    let go = (): void => undefined
    const under = during(() => new Promise<void>((done) => { go = done }))
    expect(busy.value).toBe(true)
    go()
    expect(await under).toBe(true)
    expect(busy.value).toBe(false)
    expect(await during(refused)).toBe(false)
    expect(busy.value).toBe(false)
  })

  it('tells what went wrong, and in which field', async () => {
    const { wrong, problems, during } = useDoing()
    await during(refused)
    expect([wrong.value, problems.value]).toEqual(['No such plate', { plate: 'unknown' }])
    await during(() => Promise.reject(new Error('No connection')))
    expect([wrong.value, problems.value]).toEqual(['No connection', {}])
  })

  it('forgets the words of the last time at once, or keeps them until it has gone well', async () => {
    const { wrong, problems, during, attempt } = useDoing()
    await attempt(refused)
    await attempt(async () => expect(wrong.value).toBe('No such plate'))
    expect([wrong.value, problems.value]).toEqual(['', {}])
    await attempt(refused)
    await during(async () => expect([wrong.value, problems.value]).toEqual(['', {}]))
    expect(wrong.value).toBe('')
  })

  it('leaves words alone that the work itself said', async () => {
    const { wrong, during } = useDoing()
    expect(await during(async () => { wrong.value = 'No position' })).toBe(true)
    expect(wrong.value).toBe('No position')
  })
})
