/** How each kind of vehicle looks on the map: a shape of its own for each family, its colour a token; never colour alone. */

export type Shape = 'triangle' | 'square' | 'circle' | 'diamond' | 'cross'

export interface Family {
  id: string
  shape: Shape
  /** Colour token of `tokens.css`. */
  token: string
  kinds: readonly string[]
}

export const SHAPE_NUMBER: Record<Shape, number> = { circle: 0, triangle: 1, diamond: 2, square: 3, cross: 4 }

export const FAMILIES: readonly Family[] = [
  { id: 'dangerous', shape: 'triangle', token: 'high', kinds: ['hazmat', 'explosives'] },
  { id: 'passengers', shape: 'square', token: 'info', kinds: ['coach', 'school_bus', 'bus'] },
  { id: 'hired', shape: 'circle', token: 'dim', kinds: ['taxi', 'ride_hailing'] },
  { id: 'heavy', shape: 'diamond', token: 'medium', kinds: ['truck', 'construction', 'sanitation', 'other'] },
  { id: 'rescue', shape: 'cross', token: 'ok', kinds: ['police', 'fire', 'ambulance'] },
]

export const familyOf = (kind: string): Family => FAMILIES.find((one) => one.kinds.includes(kind)) ?? (FAMILIES[3] as Family)

/** A colour token's value as numbers 0..1. */
export function rgbOf(colour: string): [number, number, number] {
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour.trim())
  if (!long) return [0.62, 0.7, 0.76]
  return [1, 2, 3].map((at) => parseInt(long[at] ?? '99', 16) / 255) as [number, number, number]
}
