import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { BrokenFrame, inflated, nearest, NO_ROWS, partOf, shareOf, take } from '../../src/fleet/live/frames'
import { familyOf, FAMILIES, rgbOf } from '../../src/fleet/live/looks'
import { LiveFleet, fleetAddress, type SocketLike } from '../../src/fleet/live/liveFleet'
import { moved, waysOf } from '../../src/fleet/live/pointLayer'
import { stretchesOf } from '../../src/fleet/live/track'

const NOW = 1_795_000_000_000

function head(kind: number, count: number, seq: number, nowMs = NOW): DataView {
  const view = new DataView(new ArrayBuffer(24))
  view.setUint8(0, kind)
  view.setUint8(1, 1)
  view.setUint32(4, count, true)
  view.setUint32(8, seq, true)
  view.setFloat64(12, nowMs, true)
  return view
}
function joined(...parts: (ArrayBufferView | ArrayBuffer)[]): ArrayBuffer {
  const bytes = parts.map((one) => (one instanceof ArrayBuffer ? new Uint8Array(one) : new Uint8Array(one.buffer, one.byteOffset, one.byteLength)))
  const out = new Uint8Array(bytes.reduce((sum, one) => sum + one.length, 0))
  let at = 0
  for (const one of bytes) {
    out.set(one, at)
    at += one.length
  }
  return out.buffer
}
/** Three vehicles: ids 5, 9, 12; the last was never heard. */
const keyFrame = (seq = 4): ArrayBuffer =>
  joined(head(1, 3, seq), Uint32Array.of(5, 9, 12), Int32Array.of(11_811_000, 11_812_000, 0), Int32Array.of(2_447_500, 2_447_500, 0), Uint16Array.of(3, 61, 65_535), Uint8Array.of(45, 0, 0), Uint8Array.of(0, 4, 1))
/** The first moves by a byte, the second too far for one, the third jumps; the first and the third were heard. */
const deltaFrame = (seq = 5): ArrayBuffer =>
  joined(head(2, 3, seq, NOW + 1000), Uint32Array.of(1, 1), Int8Array.of(30, -128, -128), Int8Array.of(-40, 0, 0), Uint8Array.of(0b101), Uint32Array.of(1), Int16Array.of(500), Int16Array.of(-7), Uint32Array.of(2), Int32Array.of(11_900_000), Int32Array.of(2_450_000))

describe('frames of moving vehicles', () => {
  it('a key frame says where each is, how old that is, and who was never heard', () => {
    const rows = take(keyFrame(), NO_ROWS)
    expect([...rows.ids]).toEqual([5, 9, 12])
    expect([...rows.heardMs]).toEqual([NOW - 3000, NOW - 61_000, 0])
    expect([...rows.heading]).toEqual([90, 0, 0])
    expect([...rows.kind]).toEqual([0, 4, 1])
  })

  it('a delta moves by a byte, by two, or at once', () => {
    const rows = take(deltaFrame(), take(keyFrame(), NO_ROWS))
    expect([...rows.x]).toEqual([11_811_030, 11_812_500, 11_900_000])
    expect([...rows.y]).toEqual([2_447_460, 2_447_493, 2_450_000])
    expect([...rows.fromX]).toEqual([11_811_000, 11_812_000, 11_900_000])
    expect([...rows.heardMs]).toEqual([NOW + 1000, NOW - 61_000, NOW + 1000])
    expect(rows.heading[0]).toBeGreaterThan(130)
    expect(rows.heading[0]).toBeLessThan(160)
  })

  it('a missing frame is noticed', () => {
    const rows = take(keyFrame(4), NO_ROWS)
    expect(() => take(deltaFrame(6), rows)).toThrow(BrokenFrame)
    expect(() => take(new ArrayBuffer(3), rows)).toThrow(BrokenFrame)
  })

  it('what is deflated without header is read', async () => {
    const squeezed = deflateRawSync(new Uint8Array(keyFrame()))
    const frame = await inflated(squeezed.buffer.slice(squeezed.byteOffset, squeezed.byteOffset + squeezed.byteLength) as ArrayBuffer)
    expect(take(frame, NO_ROWS).count).toBe(3)
  })

  it('a press finds the nearest vehicle that is shown and was heard', () => {
    const rows = take(keyFrame(), NO_ROWS)
    expect(nearest(rows, 118.1101, 24.475, 50)).toBe(0)
    expect(nearest(rows, 118.1101, 24.475, 5)).toBe(-1)
    expect(nearest(rows, 118.1101, 24.475, 5000, (kind) => kind === 4)).toBe(1)
    expect(nearest(rows, 0, 0, 50)).toBe(-1)
  })
})

describe('how they are drawn', () => {
  it('they slide for a second, and not at all for who wants no motion', () => {
    expect([partOf(-5, false), partOf(250, false), partOf(4000, false), partOf(0, true)]).toEqual([0, 0.25, 1, 1])
  })
  it('a position older than a minute fades with its age and never vanishes', () => {
    expect([shareOf(5), shareOf(60)]).toEqual([1, 1])
    expect(shareOf(61)).toBeLessThan(0.71)
    expect(shareOf(600)).toBeGreaterThan(shareOf(1200))
    expect(shareOf(90_000)).toBe(0.2)
  })
  it('places are kept to centimetres by an anchor near them', () => {
    const rows = take(keyFrame(), NO_ROWS)
    const ways = waysOf(rows, [(180 + 118.11) / 360, 0.43])
    expect(Math.abs((ways[6] as number) * 360 - 0.01)).toBeLessThan(1e-6)
    const matrix = moved([2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 5, 6, 0, 1], [10, 100])
    expect([matrix[12], matrix[13], matrix[15]]).toEqual([25, 306, 1])
  })
  it('every family has a shape of its own, and an unknown kind is still drawn', () => {
    expect(new Set(FAMILIES.map((one) => one.shape)).size).toBe(FAMILIES.length)
    expect(familyOf('hazmat').shape).toBe('triangle')
    expect(familyOf('submarine').shape).toBe('diamond')
    expect(rgbOf('#ff8000')).toEqual([1, 128 / 255, 0])
  })
  it('a long silence parts a track', () => {
    const track = { vehicle_id: 1, plate: '', since: '', until: '', fixes: 3, metres: 0, at_ms: [0, 20_000, 900_000], lon: [1, 2, 3], lat: [1, 2, 3], speed_kmh: [0, 0, 0], heading: [0, 0, 0] }
    expect(stretchesOf(track)).toEqual([[[1, 1], [2, 2]], [[3, 3]]])
  })
})

class FakeSocket implements SocketLike {
  binaryType = ''
  onopen: SocketLike['onopen'] = null
  onclose: SocketLike['onclose'] = null
  onmessage: SocketLike['onmessage'] = null
  closed = false
  constructor(readonly url: string) {}
  close(): void {
    this.closed = true
  }
  say(word: object): void {
    this.onmessage?.({ data: JSON.stringify(word) })
  }
}

describe('the connection', () => {
  it('opens while somebody looks, tells warnings, and asks after a loss for what came after the last one', async () => {
    vi.useFakeTimers()
    const sockets: FakeSocket[] = []
    const fleet = new LiveFleet(() => 'ws://x/live/fleet', (url) => {
      const made = new FakeSocket(url)
      sockets.push(made)
      return made
    })
    const heard: number[] = []
    let resets = 0
    fleet.onWarning((one) => heard.push(one.id))
    fleet.onReset(() => { resets += 1 })
    const release = fleet.hold()
    const second = fleet.hold()
    expect(sockets.length).toBe(1)
    sockets[0]?.say({ type: 'hello', kinds: ['hazmat'], last_warning: 17 })
    expect([fleet.state.value, fleet.kinds.value]).toEqual(['live', ['hazmat']])
    sockets[0]?.say({ type: 'warning', id: 18, stage: 'confirmed' })
    sockets[0]?.onclose?.({ code: 1006 })
    expect(fleet.state.value).toBe('waiting')
    await vi.advanceTimersByTimeAsync(600)
    expect(sockets[1]?.url).toBe('ws://x/live/fleet?after=18')
    sockets[1]?.say({ type: 'hello', kinds: ['hazmat'], last_warning: 20 })
    expect([heard, resets]).toEqual([[18], 1])
    release()
    release()
    expect(sockets[1]?.closed).toBe(false)
    second()
    expect([sockets[1]?.closed, fleet.state.value]).toEqual([true, 'off'])
    vi.useRealTimers()
  })

  it('does not knock again where it is not allowed', async () => {
    vi.useFakeTimers()
    const sockets: FakeSocket[] = []
    const fleet = new LiveFleet(() => 'ws://x', (url) => {
      const made = new FakeSocket(url)
      sockets.push(made)
      return made
    })
    fleet.hold()
    sockets[0]?.onclose?.({ code: 4403 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect([fleet.state.value, sockets.length]).toEqual(['refused', 1])
    vi.useRealTimers()
  })

  it('goes to the live process, where there is one', () => {
    expect([fleetAddress('https://city.example:8001/'), fleetAddress(null)]).toEqual(['wss://city.example:8001/live/fleet', null])
  })
})
