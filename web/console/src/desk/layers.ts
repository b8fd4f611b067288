import { CASES, markOf } from '../map/casesLayers'
import type { Marks } from '../map/doors'
import { gathered } from '../map/gather'
import { CELLS, COMPONENTS, DIVISIONS } from '../map/groundLayers'
import { overlayOf, type CaseFilter, type Drawing, type MapLayer } from '../map/layer'
import type { Point } from './points'

/** The one map as a desk, an intake and the wall show it: some of its layers, and the open cases that this browser keeps up by itself. */

/** What a desk can show, drawn from the first upwards. */
export const DESK_LAYERS: readonly MapLayer[] = [DIVISIONS, CELLS, COMPONENTS, CASES]
/** From here every case is drawn by itself, so that each can be pressed. */
export const SINGLE_FROM = 16
/** Squares of 32 to 64 pixels: the world is 512 pixels wide at zoom 0. */
const SQUARE_ZOOM = 4
const OPEN: CaseFilter = { state: 'open', class: '', since: '', until: '' }

/** Cases as marks, those that stand close together at this zoom as one. */
export function marksOf(points: readonly Point[], zoom: number): Marks {
  const marks = points.map(markOf)
  return { marks: zoom >= SINGLE_FROM ? marks : gathered(marks, 2 ** (Math.floor(zoom) + SQUARE_ZOOM)), n: points.length, cut: false }
}

export interface Drawn {
  rows: readonly Point[]
  /** Ids of the layers that are shown. */
  on: ReadonlySet<string>
  zoom: number
  selected?: Point | undefined
  /** Code of the 100 m cell of the selection, where there is one. */
  cell?: string
  /** A selected place that is no case. */
  place?: { layer: string; code: string } | null
}

/** Sources and layers; what is selected is drawn though its layer be off. */
export function deskDrawing({ rows, on, zoom, selected, cell, place }: Drawn): Drawing {
  const read = marksOf(selected ? rows.filter((row) => row.number !== selected.number) : rows, zoom)
  return overlayOf(DESK_LAYERS.map((layer) => {
    const ofCases = layer === CASES
    const code = layer === CELLS ? (cell ?? '') : place?.layer === layer.id ? place.code : ''
    return [layer, { opacity: 1, shown: on.has(layer.id), pressed: false, read: ofCases ? read : undefined, selected: code, spot: ofCases && selected ? markOf(selected) : undefined, filter: OPEN }]
  }))
}
