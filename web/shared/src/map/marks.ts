import type { Map as MapGl } from 'maplibre-gl'
import { token } from '../theme/theme'
import { SHAPES, STATUSES, type Status } from '../ui/status'

/** Side of a mark in CSS pixels at icon-size 1, and the resolution it is drawn at. */
const SIDE = 20
const RATIO = 2
const HALO = 2.5

/** Name of the map image of a status. */
export const markName = (status: Status): string => `mark-${status}`

function draw(status: Status): ImageData {
  const canvas = document.createElement('canvas')
  const pixels = (SIDE + HALO * 2) * RATIO
  canvas.width = pixels
  canvas.height = pixels
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this browser draws no canvas')
  const shape = SHAPES[status]
  const path = new Path2D(shape.path)
  context.scale((SIDE / 16) * RATIO, (SIDE / 16) * RATIO)
  context.translate((HALO * 16) / SIDE, (HALO * 16) / SIDE)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  context.strokeStyle = token('map-halo')
  context.lineWidth = shape.line + 2.4
  context.stroke(path)
  context.strokeStyle = token(status)
  context.fillStyle = token(status)
  context.lineWidth = shape.line
  if (shape.line === 0) context.fill(path)
  else context.stroke(path)
  return context.getImageData(0, 0, pixels, pixels)
}

/** Puts the six status shapes into the map in the colours of the theme now. */
export function addMarks(map: MapGl): void {
  for (const status of STATUSES) {
    const name = markName(status)
    if (map.hasImage(name)) map.removeImage(name)
    map.addImage(name, draw(status), { pixelRatio: RATIO })
  }
}
