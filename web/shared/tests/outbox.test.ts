import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it } from 'vitest'
import { Problem, Unreachable } from '../src/api/problem'
import { Outbox, type OutboxDoor } from '../src/outbox/outbox'
import { openShelf, type Shelf } from '../src/outbox/shelf'
import type { Shot } from '../src/outbox/entry'

/** A city that counts what arrives: one effect per key, however often it is sent. */
class City implements OutboxDoor {
  readonly done = new Map<string, { path: string; body: Record<string, unknown>; version: number | null }>()
  readonly photos = new Map<string, string>()
  readonly calls: string[] = []
  /** Takes effect first, then fails the answer, in this order of calls. */
  loseAnswers = 0
  down = false
  refuse: Problem | null = null

  async photo(shot: Shot): Promise<string> {
    this.calls.push(`photo ${shot.name}`)
    if (this.down) throw new Unreachable('no network')
    if (!this.photos.has(shot.key)) this.photos.set(shot.key, `id-${this.photos.size + 1}`)
    this.lose()
    return this.photos.get(shot.key)!
  }

  async write(path: string, body: Record<string, unknown>, key: string, version: number | null): Promise<Record<string, unknown>> {
    this.calls.push(`write ${path}`)
    if (this.down) throw new Unreachable('no network')
    if (this.refuse) throw this.refuse
    const before = this.done.get(key)
    if (before) expect(body).toEqual(before.body)
    this.done.set(key, { path, body, version })
    this.lose()
    return { number: `20261122-00000${[...this.done.keys()].indexOf(key) + 1}`, version: 1, secret: 's' }
  }

  private lose(): void {
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1
      throw new Unreachable('answer lost')
    }
  }
}

const shot = (name: string): Shot => ({ key: `key-${name}`, name, type: 'image/jpeg', bytes: 3, takenAt: null, lon: null, lat: null, sentId: null })
const bytesOf = (one: Shot) => ({ room: 'bytes' as const, key: one.key, value: new Uint8Array([1, 2, 3]).buffer })

let names = 0
const open: Outbox[] = []
async function aShelf(): Promise<[Shelf, string]> {
  names += 1
  const name = `shelf-${names}`
  return [await openShelf(name), name]
}

/** A page over the shelf; its first round is over when this resolves. */
async function aPage(shelf: Shelf, name: string, city: City): Promise<Outbox> {
  const outbox = new Outbox({ name, shelf, door: city, backOffMs: [1_000_000] })
  open.push(outbox)
  await outbox.start()
  await outbox.flush()
  return outbox
}

afterEach(() => open.splice(0).forEach((outbox) => outbox.stop()))

const report = (text: string, shots: Shot[] = []) => ({ kind: 'report', title: text, path: '/reports', body: { text }, shots })

describe('the outbox', () => {
  it('sends a report with its photos once and keeps the answer', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    const [entry] = await outbox.add([report('lamp', [shot('a'), shot('b')])], bytesOf(shot('a')), bytesOf(shot('b')))
    await outbox.flush()
    expect(city.done.get(entry!.key)?.body).toEqual({ text: 'lamp', photos: ['id-1', 'id-2'] })
    expect((await outbox.answer(entry!.key))?.body.number).toBe('20261122-000001')
    expect(outbox.entries.value).toEqual([])
    expect(await shelf.all('bytes')).toEqual([])
  })

  it('keeps what is typed and photographed while there is no network, and through a restart', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    city.down = true
    const first = await aPage(shelf, name, city)
    for (let n = 0; n < 20; n += 1) await first.add([report(`report ${n}`, [shot(`p${n}`)])], bytesOf(shot(`p${n}`)))
    await first.flush()
    expect(first.waiting.value).toHaveLength(20)
    expect(first.lastEnd.value).toBe('offline')
    first.stop()

    city.down = false
    const second = await aPage(await openShelf(name), name, city)
    expect(second.entries.value).toEqual([])
    expect([...city.done.values()].map((one) => one.body.text)).toEqual(Array.from({ length: 20 }, (_, n) => `report ${n}`))
    expect(city.photos.size).toBe(20)
  })

  it('does it once when every first answer is lost', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    city.loseAnswers = 3
    const [entry] = await outbox.add([report('flood', [shot('x'), shot('y')])], bytesOf(shot('x')), bytesOf(shot('y')))
    for (let round = 0; round < 4; round += 1) await outbox.flush()
    expect(city.done.size).toBe(1)
    expect(city.photos.size).toBe(2)
    expect(city.done.get(entry!.key)?.body.photos).toEqual(['id-1', 'id-2'])
    expect(outbox.entries.value).toEqual([])
  })

  it('does not send a photo again once its id is on the phone', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    city.refuse = new Problem({ status: 503 }, 503, 'busy')
    await outbox.add([report('tree', [shot('t')])], bytesOf(shot('t')))
    await outbox.flush()
    city.refuse = null
    await outbox.flush()
    expect(city.calls.filter((call) => call === 'photo t')).toHaveLength(1)
    expect(city.done.size).toBe(1)
  })

  it('leaves a refused one to the person and goes on with the others', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    city.down = true
    const outbox = await aPage(shelf, name, city)
    const [bad] = await outbox.add([report('bad')])
    await outbox.flush()
    city.down = false
    city.refuse = new Problem({ status: 409 }, 409, '这一件已经结案')
    await outbox.flush()
    city.refuse = null
    await outbox.add([report('good')])
    await outbox.flush()
    expect(outbox.forPerson.value.map((entry) => [entry.key, entry.state, entry.wrong])).toEqual([[bad!.key, 'refused', '这一件已经结案']])
    expect([...city.done.values()].map((one) => one.body.text)).toEqual(['good'])
    await outbox.resend(bad!.key)
    await outbox.flush()
    expect(outbox.entries.value).toEqual([])
  })

  it('sends the photos again with a refused one, since unused photos expire on the server', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    city.refuse = new Problem({ status: 409 }, 409, '照片已过期')
    const [entry] = await outbox.add([report('old', [shot('o')])], bytesOf(shot('o')))
    await outbox.flush()
    city.refuse = null
    city.photos.clear()
    await outbox.resend(entry!.key)
    await outbox.flush()
    expect(city.calls.filter((call) => call === 'photo o')).toHaveLength(2)
    expect(city.done.get(entry!.key)?.body.photos).toEqual(['id-1'])
  })

  it('asks the person when somebody changed the case first, and writes over it only under a new key', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    city.refuse = new Problem({ status: 412 }, 412, '同事刚改过')
    const [entry] = await outbox.add([{ kind: 'step', title: 'check', path: '/cases/1/steps', body: { verb: 'pass' }, shots: [], version: 3, about: '1' }])
    await outbox.flush()
    expect(outbox.entries.value[0]?.state).toBe('stale')
    city.refuse = null
    await outbox.resend(entry!.key, { version: 4, key: 'new-key' })
    await outbox.flush()
    expect([...city.done].map(([key, one]) => [key, one.version])).toEqual([['new-key', 4]])
  })

  it('waits with everything when the session has ended', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    const outbox = await aPage(shelf, name, city)
    city.refuse = new Problem({ status: 401 }, 401, 'sign in')
    await outbox.add([report('one'), report('two')])
    await outbox.flush()
    expect(outbox.lastEnd.value).toBe('signed-out')
    expect(outbox.waiting.value).toHaveLength(2)
    expect(city.calls.filter((call) => call.startsWith('write'))).not.toHaveLength(0)
  })

  it('sends what depends on a report after it, under its number, sharing its photo', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    city.down = true
    const outbox = await aPage(shelf, name, city)
    const before = shot('before')
    const after = shot('after')
    const step = { kind: 'step', title: 'fixed', path: '/cases/{number}/steps', body: { verb: 'self_handle' }, shots: [before, after], after: 'parent' }
    await outbox.add([{ ...report('railing', [before]), key: 'parent' }, step], bytesOf(before), bytesOf(after))
    await outbox.flush()
    city.down = false
    await outbox.flush()
    expect([...city.done.values()]).toEqual([
      { path: '/reports', body: { text: 'railing', photos: ['id-1'] }, version: null },
      { path: '/cases/20261122-000001/steps', body: { verb: 'self_handle', photos: ['id-1', 'id-2'] }, version: 1 },
    ])
    expect(await shelf.all('bytes')).toEqual([])
  })

  it('deletes what is given up together with what depends on it', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    city.down = true
    const outbox = await aPage(shelf, name, city)
    await outbox.add([{ ...report('a', [shot('a')]), key: 'parent' }, { ...report('b'), after: 'parent' }], bytesOf(shot('a')))
    await outbox.discard('parent')
    expect(outbox.entries.value).toEqual([])
    expect(await shelf.all('bytes')).toEqual([])
  })

  it('sends once when two pages are open', async () => {
    const [shelf, name] = await aShelf()
    const city = new City()
    city.down = true
    const one = await aPage(shelf, name, city)
    const two = await aPage(shelf, name, city)
    await one.add([report('lamp')])
    city.down = false
    await Promise.all([one.flush(), two.flush()])
    await Promise.all([one.flush(), two.flush()])
    expect(city.done.size).toBe(1)
    expect(await shelf.all('entries')).toEqual([])
  })
})

describe('the shelf', () => {
  it('makes all changes or none', async () => {
    const [shelf] = await aShelf()
    const broken = { room: 'drafts' as const, key: 'b', value: () => 'cannot be stored' }
    await expect(shelf.change({ room: 'entries', key: 'a', value: { n: 1 } }, broken)).rejects.toThrow()
    expect(await shelf.get('entries', 'a')).toBeUndefined()
  })

  it('says when nothing on it will last', async () => {
    const refusing = { open: () => { throw new Error('private window') } } as unknown as IDBFactory
    const shelf = await openShelf('none', refusing)
    expect(shelf.lasting).toBe(false)
    await shelf.change({ room: 'drafts', key: 'a', value: 1 })
    expect(await shelf.get('drafts', 'a')).toBe(1)
  })
})
