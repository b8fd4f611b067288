import { ref, type Ref } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import { pick } from '@shared/i18n'
import type { FleetDoors } from '../doors'
import { useSoon } from '../soon'
import { complete, geometryOf, type Sketch } from './sketch'

const CHECK_MS = 400

export interface CheckedSketch {
  /** Why the server would not take it, as a sentence; empty where it would. */
  checked: Ref<string>
  notes: Ref<string[]>
}

/** The server looks at a sketch a moment after each change: crossing sides, size, place. */
export function useCheckedSketch(doors: FleetDoors, sketch: Readonly<Ref<Sketch | null>>): CheckedSketch {
  const checked = ref('')
  const notes = ref<string[]>([])

  useSoon(sketch, CHECK_MS, async (signal) => {
    if (!complete(sketch.value)) return
    try {
      const found = await doors.check(geometryOf(sketch.value), signal)
      checked.value = ''
      notes.value = found.notes.map((one) => pick(one.zh, one.en))
    } catch (error) {
      if (signal.aborted) return
      checked.value = sentenceOf(error)
      notes.value = []
    }
  })
  return { checked, notes }
}
