import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { CasePage, CaseQuery, LiveEvent, Urgency } from '@shared/api/types'

/** What the map needs of a case. */
export interface Point {
  number: string
  title: string
  class_en?: string | null
  urgency: Urgency
  state: string
  closed_at: string | null
  lon: number
  lat: number
}

const PAGE = 200
/** More than this many open cases are not put on a desk's map; the queue has them all. */
const MOST = 4000
const GATHER_MS = 300

type Reader = (query: CaseQuery) => Promise<CasePage>

/** Every open case within the person's grants, for the map: read once, then kept up by the live feed. */
export class OpenPoints {
  readonly points: ShallowRef<Point[]> = shallowRef([])
  /** There are more than are shown. */
  readonly cut: Ref<boolean> = ref(false)
  private readonly known = new Map<string, Point>()
  private read = false
  private showing: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly page: Reader, private readonly isOpen: (state: string) => boolean) {}

  async load(again = false): Promise<void> {
    if (this.read && !again) return
    this.read = true
    this.known.clear()
    let cursor: string | undefined
    try {
      do {
        const page = await this.page({ view: 'all', sort: '-id', limit: PAGE, cursor })
        page.items.forEach((row) => this.known.set(row.number, row))
        cursor = page.next ?? undefined
        this.show()
      } while (cursor && this.known.size < MOST)
      this.cut.value = cursor !== undefined
    } catch {
      // The queue beside the map says what is wrong; the next opening of the desk tries again.
      this.read = false
    }
  }

  take(event: LiveEvent): void {
    if (!this.read || !event.number || event.lon === undefined || event.lat === undefined || !event.state) return
    if (this.isOpen(event.state)) {
      const { title, class_en } = this.known.get(event.number) ?? { title: event.number }
      this.known.set(event.number, { number: event.number, title, class_en, urgency: event.urgency ?? 'normal', state: event.state, closed_at: null, lon: event.lon, lat: event.lat })
    } else this.known.delete(event.number)
    this.showing ??= setTimeout(() => {
      this.showing = undefined
      this.show()
    }, GATHER_MS)
  }

  private show(): void {
    this.points.value = [...this.known.values()]
  }
}
