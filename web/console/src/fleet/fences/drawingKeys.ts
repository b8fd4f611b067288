import type { Map as MapGl } from 'maplibre-gl'
import type { Ref, ShallowRef } from 'vue'
import type { KeyBinding } from '@shared/keys/keys'
import type { Drawn } from '../../map/useDrawing'
import { moved, removed, type Handle, type Sketch } from './sketch'

const STEP_PIXELS = 4

/** The keys of drawing and of pulling corners, the same wherever something with a border is drawn. */
export function drawingKeys(gl: Readonly<ShallowRef<MapGl | undefined>>, sketch: Ref<Sketch | null>, corner: Ref<Handle | null>, drawn: Drawn, t: (key: string) => string, group: () => string): KeyBinding[] {
  const held = (): boolean => corner.value !== null && sketch.value !== null
  /** The chosen corner goes some pixels on. */
  function nudge(x: number, y: number): void {
    const spot = corner.value && sketch.value?.parts[corner.value.part]?.[corner.value.at]
    if (!gl.value || !corner.value || !sketch.value || !spot) return
    const point = gl.value.project([...spot])
    const next = gl.value.unproject([point.x + x * STEP_PIXELS, point.y + y * STEP_PIXELS])
    sketch.value = moved(sketch.value, corner.value.part, corner.value.at, [next.lng, next.lat])
  }
  function drop(): void {
    if (!sketch.value || !corner.value) return
    sketch.value = removed(sketch.value, corner.value.part, corner.value.at)
    corner.value = null
  }
  return [
    { cap: 'P', words: () => t('onMap.putMiddle'), group, run: () => drawn.putMiddle(), when: () => drawn.tool.value !== null },
    { cap: 'Enter', words: () => t('ui.done'), group, run: () => drawn.finish(), when: () => drawn.enough.value },
    { cap: 'Backspace', words: () => t('ui.undo'), group, run: () => drawn.back(), when: () => drawn.tool.value !== null },
    { cap: 'Delete', words: () => t('supervise.fence.dropCorner'), group, run: drop, when: held },
    { cap: '↑', words: () => t('supervise.fence.nudge'), group, run: () => nudge(0, -1), when: held },
    { cap: '↓', words: () => t('supervise.fence.nudge'), group, run: () => nudge(0, 1), when: held },
    { cap: 'ArrowLeft', words: () => t('supervise.fence.nudge'), group, run: () => nudge(-1, 0), when: held },
    { cap: 'ArrowRight', words: () => t('supervise.fence.nudge'), group, run: () => nudge(1, 0), when: held },
  ]
}
