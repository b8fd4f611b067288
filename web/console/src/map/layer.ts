import type { LayerSpecification, Map as MapGl, MapGeoJSONFeature, SourceSpecification } from 'maplibre-gl'
import type { Component } from 'vue'
import type { CaseRow } from '@shared/api/types'
import type { Status } from '@shared/ui/status'
import type { Mark, MapDoors } from './doors'

/** What one layer of the map is; the table of them stands in `layers.ts`. */

/** West, south, east, north in degrees (WGS-84). */
export type Box = [number, number, number, number]
export type Spot = [lon: number, lat: number]

export interface CaseFilter {
  /** A state, or one of the words open, closed, any. */
  state: string
  /** `kind:code` of a class, or empty. */
  class: string
  /** First and last moment of reporting, ISO 8601 with zone; empty without a limit. */
  since: string
  until: string
}

/** What is asked of a layer: a box of the map, perhaps a shape inside it, and the filters. */
export interface Asked {
  box: Box
  within: readonly Spot[] | null
  filter: CaseFilter
  /** Of the map, so that marks are gathered by what an eye can tell apart. */
  zoom?: number
}

export type LegendShape = 'line' | 'area' | 'dot' | 'ring' | 'ramp' | 'arrow' | Status

export interface LegendLine {
  shape: LegendShape
  /** Colour token of `tokens.css`, without the dashes; a ramp names its first step. */
  token: string
  /** Key of the words; `{n}` in them is the count. */
  words: string
}

/** How many of a layer are in view. */
export interface Figure {
  n: number
  /** There are more than were counted. */
  more: boolean
  /** Counted in squares that may reach over the edge of the view. */
  about: boolean
  /** Parts of it by class or state: key of the words or words themselves, and how many. */
  parts: readonly { key: string; zh: string; en: string; n: number }[]
}

export interface ListRow {
  code: string
  zh: string
  en: string
  detail_zh: string
  detail_en: string
  status: Status | null
  lon: number
  lat: number
  /** The case itself, where the row is one. */
  row?: CaseRow
}

export interface ListPage {
  rows: ListRow[]
  next: string | null
}

export interface Drawing {
  sources: Record<string, SourceSpecification>
  layers: LayerSpecification[]
}

export interface Look {
  /** 0..1, chosen by the reader. */
  opacity: number
  /** Off, only what is selected is drawn. */
  shown: boolean
  /** Whether a press on an area is asked for: the clear fill that takes it costs a screen of blending each frame. */
  pressed: boolean
  /** What `read` answered last; undefined before. */
  read: unknown
  /** Code of what is selected in this layer, or empty. */
  selected: string
  /** The selected case by itself, since it may stand in a crowd. */
  spot?: Mark | undefined
  filter: CaseFilter
}

/** A layer that draws for itself, such as moving points in WebGL. */
export interface Mounted {
  fade: (opacity: number) => void
  stop: () => void
}

export interface MapLayer {
  id: string
  group: 'work' | 'ground' | 'moving'
  /** Key of its name. */
  name: string
  /** Shown when nothing was chosen. */
  on: boolean
  /** Zoom from which anything is drawn. */
  from: number
  legend: readonly LegendLine[]
  /** Read again each minute: what it shows moves. */
  moves?: boolean
  /** Whether the case filters (state, class, time) narrow it. */
  filtered?: boolean
  /** What is drawn in replay: the cases of that moment, nothing, or, when left out, the layer as it is today. */
  then?: 'cases' | 'off'
  /** Duties that open it; all when left out. */
  duties?: readonly string[]
  /** Reads what is drawn, again after each move; left out where tiles bring it. */
  read?: (doors: MapDoors, asked: Asked, signal: AbortSignal) => Promise<unknown>
  draw?: (look: Look) => Drawing
  mount?: (map: MapGl, opacity: number, select: (code: string) => void) => Mounted
  /** Ids of the drawn layers that can be pressed, and the code of what was pressed ('' for a crowd of many). */
  pressable: readonly string[]
  codeOf: (feature: MapGeoJSONFeature) => string
  /** Counts what is in view; several rows may ask for the same answer, which is fetched once. */
  count: (doors: MapDoors, asked: Asked, signal: AbortSignal) => Promise<Figure | null>
  /** One page of what is in view; left out where another layer lists the same. */
  list?: (doors: MapDoors, asked: Asked, cursor: string, signal: AbortSignal) => Promise<ListPage>
  /** Address of the same list as a file; left out where there is none. */
  file?: (doors: MapDoors, asked: Asked, kind: string) => string
  /** Shows one of them: takes `code` and `layer`, emits `close` and `show` with (lon, lat). */
  card: Component | null
}

type Paint = Record<string, unknown>

const FADING: Record<string, readonly string[]> = {
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  line: ['line-opacity'],
  fill: ['fill-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
  heatmap: ['heatmap-opacity'],
}

/** An opacity, plain or by zoom, times `share`: zoom may only stand outermost, so its steps are multiplied one by one. */
export function times(value: unknown, share: number): unknown {
  if (typeof value === 'number') return value * share
  if (Array.isArray(value) && value[0] === 'interpolate') return value.map((one: unknown, at) => (at >= 4 && at % 2 === 0 ? times(one, share) : one))
  return ['*', share, value]
}

/** The layer as its reader wants it: fainter. */
export function faded(layer: LayerSpecification, share: number): LayerSpecification {
  if (share >= 1) return layer
  const paint: Paint = { ...(layer as { paint?: Paint }).paint }
  for (const name of FADING[layer.type] ?? []) paint[name] = times(paint[name] ?? 1, share)
  return { ...layer, paint } as LayerSpecification
}

/** What these layers draw, one over the other; nothing of one that is off and has nothing selected. */
export function overlayOf(looks: readonly (readonly [MapLayer, Look])[]): Drawing {
  const found: Drawing = { sources: {}, layers: [] }
  for (const [layer, look] of looks) {
    if (!layer.draw || !(look.shown || look.selected || look.spot)) continue
    const one = layer.draw(look)
    Object.assign(found.sources, one.sources)
    found.layers.push(...one.layers.map((made) => faded(made, look.opacity)))
  }
  return found
}

/** How close a press on a crowd brings the eye. */
export const CLOSEST = 18
export const closer = (zoom: number): number => Math.min(CLOSEST, zoom + 2)

/** Whether a layer is there for somebody with these duties. */
export const isOpenTo = (layer: MapLayer, holds: (...duties: string[]) => boolean): boolean => !layer.duties || holds(...layer.duties)
