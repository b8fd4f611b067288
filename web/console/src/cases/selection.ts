import { computed, ref, type ComputedRef, type Ref } from 'vue'

/** The most that one request takes. */
export const MOST = 500

/** Which rows of a list are chosen: one by one, a stretch with Shift, or all that are shown. */
export class Selection {
  readonly chosen: Ref<ReadonlySet<string>> = ref(new Set<string>())
  readonly count: ComputedRef<number> = computed(() => this.chosen.value.size)
  /** Where the last choice was made: a stretch begins there. */
  private anchor = ''

  has(number: string): boolean {
    return this.chosen.value.has(number)
  }

  /** Chooses or leaves one row; with `stretch` everything from the last one to here gets what this row gets. */
  toggle(number: string, shown: readonly string[], stretch = false): void {
    const next = new Set(this.chosen.value)
    const on = !next.has(number)
    const from = shown.indexOf(this.anchor)
    const to = shown.indexOf(number)
    const range = stretch && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [number]
    for (const one of range) {
      if (on && next.size < MOST) next.add(one)
      if (!on) next.delete(one)
    }
    this.anchor = number
    this.chosen.value = next
  }

  /** All that are shown, or none when they are all chosen already. */
  toggleAll(shown: readonly string[]): void {
    const all = shown.length > 0 && shown.every((one) => this.has(one))
    this.chosen.value = new Set(all ? [] : shown.slice(0, MOST))
  }

  /** Leaves what is no longer in the list, so that nothing unseen is acted on. */
  keep(shown: readonly string[]): void {
    const here = new Set(shown)
    const next = [...this.chosen.value].filter((one) => here.has(one))
    if (next.length !== this.chosen.value.size) this.chosen.value = new Set(next)
  }

  clear(): void {
    this.chosen.value = new Set()
  }
}
