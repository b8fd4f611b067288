import type { Mark } from './doors'

const northing = (lat: number): number => 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)

/** Marks that stand in one square as one, at their middle and with the weight of the most pressing; `across` squares lie side by side around the world. For what the server's own gathering cannot be asked: the past, and what the live feed keeps up. */
export function gathered(marks: readonly Mark[], across: number): Mark[] {
  const found = new Map<string, Mark>()
  for (const mark of marks) {
    const [lon, lat, count, weight] = mark
    const square = `${Math.floor((lon / 360 + 0.5) * across)}/${Math.floor(northing(lat) * across)}`
    const there = found.get(square)
    const n = (there?.[2] ?? 0) + count
    found.set(square, there ? [there[0] + ((lon - there[0]) * count) / n, there[1] + ((lat - there[1]) * count) / n, n, Math.max(there[3], weight), '', ''] : mark)
  }
  return [...found.values()]
}
