/** A box as shares of a picture's width and height. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** A box that is covered on the server; `by` is empty for the machine and for who has no account. */
export interface Mask extends Box {
  id: number
  source: 'face' | 'plate' | 'person'
  by: string
  at: string
}

export interface Masks {
  revision: number
  checked_at: string | null
  checked_by: string
  masks: Mask[]
}

export const STEP = 0.01
/** Below this a box is a slip of the hand; the server draws the same line. */
const SIDE_MIN = 0.004
const FIRST_SIDE = 0.2
const TAP_SIDE = 0.14

const within = (share: number): number => Math.min(1, Math.max(0, share))

/** A box of a finger's size round a point, moved so far that it lies inside. */
export function round([x, y]: [number, number]): Box {
  const left = Math.min(1 - TAP_SIDE, Math.max(0, x - TAP_SIDE / 2))
  const top = Math.min(1 - TAP_SIDE, Math.max(0, y - TAP_SIDE / 2))
  return { left, top, right: left + TAP_SIDE, bottom: top + TAP_SIDE }
}

/** The box moved by shares of the picture, never out of it. */
export function moved(box: Box, x: number, y: number): Box {
  const across = Math.min(1 - box.right, Math.max(-box.left, x))
  const down = Math.min(1 - box.bottom, Math.max(-box.top, y))
  return { left: box.left + across, right: box.right + across, top: box.top + down, bottom: box.bottom + down }
}

/** The box between two corners, whichever was drawn first; null where it has no size. */
export function between(a: [number, number], b: [number, number]): Box | null {
  const box = { left: within(Math.min(a[0], b[0])), top: within(Math.min(a[1], b[1])), right: within(Math.max(a[0], b[0])), bottom: within(Math.max(a[1], b[1])) }
  return box.right - box.left >= SIDE_MIN && box.bottom - box.top >= SIDE_MIN ? box : null
}

/** A box in the middle, to be moved with the keys. */
export const inTheMiddle = (): Box => ({ left: 0.5 - FIRST_SIDE / 2, top: 0.5 - FIRST_SIDE / 2, right: 0.5 + FIRST_SIDE / 2, bottom: 0.5 + FIRST_SIDE / 2 })

const ARROWS: Readonly<Record<string, [number, number]>> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }

/** The box after an arrow key: moved, or with `sized` its lower right corner; null for another key. */
export function afterKey(box: Box, key: string, sized: boolean): Box | null {
  const by = ARROWS[key]
  if (!by) return null
  const [x, y] = by
  if (sized) return between([box.left, box.top], [Math.max(box.left + STEP, box.right + x), Math.max(box.top + STEP, box.bottom + y)]) ?? box
  return moved(box, x, y)
}

/** Where a box lies over its picture. */
export const styleOf = (box: Box): Record<string, string> => ({
  left: `${box.left * 100}%`, top: `${box.top * 100}%`, width: `${(box.right - box.left) * 100}%`, height: `${(box.bottom - box.top) * 100}%`,
})
