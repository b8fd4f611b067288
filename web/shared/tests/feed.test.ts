import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventPage, LiveEvent } from '../src/api/types'
import { LiveFeed, type StreamLike } from '../src/live/feed'

const event = (position: number): LiveEvent => ({ position, at: '2026-11-22T06:00:00Z', kind: 'case.accept', number: '20261122-000731' })

/** A stream in the hands of the test. */
class Stream implements StreamLike {
  onopen: ((event: Event) => unknown) | null = null
  onerror: ((event: Event) => unknown) | null = null
  onmessage: ((event: MessageEvent<string>) => unknown) | null = null
  closed = false
  constructor(readonly url: string) {}
  addEventListener(): void {}
  close(): void {
    this.closed = true
  }
  say(position: number): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(event(position)), lastEventId: String(position) }))
  }
}

/** A server whose ledger the test writes; polls answer from it. */
function city() {
  const ledger: number[] = []
  const streams: Stream[] = []
  let reachable = true
  const page = vi.fn(async (after: number | null, limit: number): Promise<EventPage> => {
    if (!reachable) throw new Error('unreachable')
    const items = after === null ? [] : ledger.filter((position) => position > after).slice(0, limit).map(event)
    return { items, position: items.at(-1)?.position ?? ledger.at(-1) ?? 0 }
  })
  const feed = new LiveFeed({
    url: 'http://live/events', page, backOffMs: [1000, 4000], pollEveryMs: 3000,
    open: (url) => {
      const stream = new Stream(url)
      streams.push(stream)
      return stream
    },
  })
  const heard: number[] = []
  feed.on((one) => heard.push(one.position))
  return { ledger, streams, feed, heard, page, cut: () => { reachable = false }, mend: () => { reachable = true } }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

describe('the live feed', () => {
  it('begins at the present position and hears what the stream says, once', async () => {
    const { ledger, feed, streams, heard } = city()
    ledger.push(40)
    await feed.start()
    streams[0]!.onopen?.(new Event('open'))
    await settle()
    streams[0]!.say(41)
    streams[0]!.say(41)
    expect(streams[0]!.url).toBe('http://live/events?after=40')
    expect(heard).toEqual([41])
    expect(feed.state.value).toBe('live')
    feed.stop()
  })

  it('fills the gap after a loss, in order and without repeats', async () => {
    const { ledger, feed, streams, heard } = city()
    ledger.push(10)
    await feed.start()
    streams[0]!.onopen?.(new Event('open'))
    await settle()
    streams[0]!.say(11)
    ledger.push(11, 12, 13)
    streams[0]!.onerror?.(new Event('error'))
    await settle()
    expect(streams[0]!.closed).toBe(true)
    expect(heard).toEqual([11, 12, 13])
    ledger.push(14)
    await settle(1000)
    expect(streams).toHaveLength(2)
    streams[1]!.onopen?.(new Event('open'))
    // The stream is ahead of the gap-fill that its opening began.
    streams[1]!.say(15)
    await settle()
    expect(heard).toEqual([11, 12, 13, 14, 15])
    feed.stop()
  })

  it('asks every three seconds while the stream cannot be opened', async () => {
    const { ledger, feed, streams, heard } = city()
    ledger.push(1)
    await feed.start()
    streams[0]!.onerror?.(new Event('error'))
    await settle()
    expect(feed.state.value).toBe('polling')
    ledger.push(2)
    await settle(3000)
    expect(heard).toEqual([2])
    feed.stop()
  })

  it('waits longer after each loss', async () => {
    const { feed, streams } = city()
    await feed.start()
    streams[0]!.onerror?.(new Event('error'))
    await settle(1000)
    streams[1]!.onerror?.(new Event('error'))
    await settle(3900)
    expect(streams).toHaveLength(2)
    await settle(100)
    expect(streams).toHaveLength(3)
    feed.stop()
  })

  it('says offline when nothing answers, and catches up when something does', async () => {
    const { ledger, feed, streams, heard, cut, mend } = city()
    ledger.push(5)
    await feed.start()
    streams[0]!.onopen?.(new Event('open'))
    await settle()
    cut()
    streams[0]!.onerror?.(new Event('error'))
    await settle()
    expect(feed.state.value).toBe('offline')
    ledger.push(6, 7)
    mend()
    await settle(3000)
    expect(heard).toEqual([6, 7])
    expect(feed.state.value).toBe('polling')
    feed.stop()
  })

  it('hears what it missed within two seconds of the return, however long it was away: by one question and one stream from there', async () => {
    const { ledger, feed, streams, heard, page, cut, mend } = city()
    ledger.push(5)
    await feed.start()
    streams[0]!.onopen?.(new Event('open'))
    await settle()
    cut()
    streams[0]!.onerror?.(new Event('error'))
    // Ten minutes in which no stream can be opened: the pause before the next try is the longest there is.
    for (let at = 0; at < 607; at += 1) {
      await settle(1000)
      if (streams.at(-1)?.closed === false) streams.at(-1)!.onerror?.(new Event('error'))
    }
    ledger.push(6, 7, 8)
    mend()
    const [asked, opened] = [page.mock.calls.length, streams.length]
    await settle(1000)
    expect(heard).toEqual([6, 7, 8])
    expect(streams.slice(opened).map((stream) => stream.url)).toEqual(['http://live/events?after=8'])
    expect(page.mock.calls.slice(asked).map(([after]) => after)).toEqual([5])
    streams.at(-1)!.onopen?.(new Event('open'))
    await settle()
    expect(feed.state.value).toBe('live')
    feed.stop()
  })

  it('asks at once when the browser says that the network is back, and not after it was stopped', async () => {
    const { ledger, feed, streams, heard, page, cut, mend } = city()
    await feed.start()
    streams[0]!.onopen?.(new Event('open'))
    await settle()
    cut()
    streams[0]!.onerror?.(new Event('error'))
    await settle()
    expect(feed.state.value).toBe('offline')
    ledger.push(1)
    mend()
    globalThis.dispatchEvent(new Event('online'))
    await settle()
    expect(heard).toEqual([1])
    feed.stop()
    const before = page.mock.calls.length
    globalThis.dispatchEvent(new Event('online'))
    await settle()
    expect(page).toHaveBeenCalledTimes(before)
  })

  it('reads a long gap page by page', async () => {
    const { ledger, feed, streams, heard, page } = city()
    ledger.push(0)
    await feed.start()
    ledger.push(...Array.from({ length: 1200 }, (_, at) => at + 1))
    streams[0]!.onerror?.(new Event('error'))
    await settle()
    expect(heard).toHaveLength(1200)
    expect(heard.at(-1)).toBe(1200)
    expect(page).toHaveBeenCalledTimes(4)
    feed.stop()
  })

  it('is silent after it was stopped', async () => {
    const { feed, page } = city()
    await feed.start()
    feed.stop()
    const before = page.mock.calls.length
    await settle(60_000)
    expect(page).toHaveBeenCalledTimes(before)
  })
})
