/** The little arithmetic that our charts need. */

/** Round numbers from at most `low` to at least `high`, about `count` of them. */
export function ticks(low: number, high: number, count = 4): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough
  const first = Math.floor(low / step + 1e-9) * step
  const found: number[] = []
  for (let at = first; at < high + step * 0.999; at += step) found.push(Number(at.toPrecision(12)))
  return found
}

/** Where a value lies between the ends of an axis, in pixels from `from` to `to`. */
export function place(value: number, low: number, high: number, from: number, to: number): number {
  return high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from)
}

/** An SVG path through points; a gap (null) lifts the pen. */
export function pathOf(points: readonly (readonly [number, number] | null)[]): string {
  let drawing = false
  return points
    .map((point) => {
      if (!point) {
        drawing = false
        return ''
      }
      const letter = drawing ? 'L' : 'M'
      drawing = true
      return `${letter}${point[0].toFixed(1)} ${point[1].toFixed(1)}`
    })
    .join('')
}

/** Heights of the names at the ends of lines, from the top down, each at least `room` below the one above. */
export function apart(heights: readonly number[], room: number): number[] {
  const found = [...heights]
  let above = Number.NEGATIVE_INFINITY
  for (const at of heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0))) {
    found[at] = Math.max(found[at] ?? 0, above + room)
    above = found[at] ?? 0
  }
  return found
}
