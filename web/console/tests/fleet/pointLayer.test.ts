import type { CustomRenderMethodInput, Map as MapGl } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import { NO_ROWS, type Rows } from '../../src/fleet/live/frames'
import { PointLayer } from '../../src/fleet/live/pointLayer'

const MANY = 60_000
const FEW = 9_000
const BYTES_OF_ONE = 8 * Float32Array.BYTES_PER_ELEMENT
const NOW = Date.now()

function rowsOf(count: number): Rows {
  const x = Int32Array.from({ length: count }, (_, at) => 11_810_000 + (at % 300) * 100)
  const y = Int32Array.from({ length: count }, (_, at) => 2_447_000 + Math.floor(at / 300) * 100)
  return { ...NO_ROWS, count, ids: Uint32Array.from({ length: count }, (_, at) => at + 1), x, y, fromX: x, fromY: y, heardMs: new Float64Array(count).fill(NOW), heading: new Uint16Array(count), kind: new Uint8Array(count) }
}

/** A graphics context that draws nothing and counts what it is told to do. */
function counting() {
  const calls: Record<string, number> = {}
  let uploaded = 0
  let asked = 0
  const gl = new Proxy({}, {
    get: (_, name: string) => {
      if (name === name.toUpperCase()) return 1
      return (...said: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1
        if (name === 'bufferData') uploaded += (said[1] as ArrayBufferView).byteLength
        if (/^get/.test(name)) asked += 1
        return name === 'getShaderParameter' ? true : {}
      }
    },
  }) as unknown as WebGL2RenderingContext
  const reset = (): void => {
    for (const name of Object.keys(calls)) delete calls[name]
    uploaded = asked = 0
  }
  return { gl, calls, reset, uploaded: () => uploaded, asked: () => asked }
}

/** Degrees round the rows of `rowsOf`: all of them, or a street of them. */
const ALL: [number, number, number, number] = [118.0, 24.4, 118.5, 24.8]
const STREET: [number, number, number, number] = [118.1, 24.47, 118.15, 24.49]

function aLayer(rows: Rows) {
  const context = counting()
  let repaints = 0
  const view = { box: ALL, zoom: 9.7 }
  const bounds = { getWest: () => view.box[0], getSouth: () => view.box[1], getEast: () => view.box[2], getNorth: () => view.box[3] }
  const map = { triggerRepaint: () => { repaints += 1 }, getZoom: () => view.zoom, getBounds: () => bounds } as unknown as MapGl
  const state = { frameAt: performance.now() }
  const layer = new PointLayer('points', { rows: () => rows, frameAt: () => state.frameAt, kinds: () => ['taxi'], shown: () => true, selected: () => -1 })
  layer.onAdd(map, context.gl)
  const frame = (): void => layer.render(context.gl, { defaultProjectionData: { mainMatrix: new Float64Array(16) } } as unknown as CustomRenderMethodInput)
  return { layer, context, state, view, frame, repaints: () => repaints }
}

describe('what 60,000 moving points cost the graphics card', () => {
  it('is one draw call a frame, and no byte between two rounds of positions', () => {
    const { context, frame } = aLayer(rowsOf(MANY))
    frame()
    context.reset()
    for (let at = 0; at < 30; at += 1) frame()
    expect([context.calls.drawArrays, context.calls.bufferData ?? 0, context.uploaded()]).toEqual([30, 0, 0])
    expect(context.asked()).toBe(0)
  })

  it('is 32 bytes a point once for each round of positions, in three uploads', () => {
    const { layer, context, frame } = aLayer(rowsOf(FEW))
    frame()
    context.reset()
    for (let round = 0; round < 5; round += 1) {
      layer.upload()
      frame()
      frame()
    }
    expect([context.calls.bufferData, context.uploaded(), context.calls.drawArrays]).toEqual([15, 5 * FEW * BYTES_OF_ONE, 10])
  })

  it('is a fraction where they lie over each other, and each of those in and round the view where there is room', () => {
    const rows = rowsOf(MANY)
    const { view, context, frame } = aLayer(rows)
    frame()
    const crowd = context.uploaded() / BYTES_OF_ONE
    context.reset()
    Object.assign(view, { box: STREET, zoom: 13 })
    frame()
    frame()
    expect(crowd).toBeGreaterThan(500)
    expect(crowd).toBeLessThan(MANY / 5)
    const round = rows.x.filter((x, at) => x >= 11_807_500 && x <= 11_817_500 && (rows.y[at] as number) >= 2_446_000 && (rows.y[at] as number) <= 2_450_000)
    expect([context.calls.bufferData, context.uploaded() / BYTES_OF_ONE]).toEqual([3, round.length])
  })

  it('is nothing once they have arrived: the map rests until the next round', () => {
    const { state, frame, repaints } = aLayer(rowsOf(10))
    frame()
    const moving = repaints()
    state.frameAt = performance.now() - 5000
    frame()
    expect([moving, repaints()]).toEqual([1, 1])
  })
})
