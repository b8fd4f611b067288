import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { chooseLanguage, language } from '../i18n/language'
import { ApiClient } from './client'
import { Doors } from './doors'
import { homeOf, type Home } from '../map/home'
import { sentenceOf } from './problem'
import { learnPeople, learnSeats } from './seats'
import type { Session, Site } from './types'

/** Who is signed in, to which city; the doors an app talks through. */
export class AppState {
  readonly doors: Doors
  readonly site: Ref<Site | null> = ref(null)
  readonly session: Ref<Session | null> = ref(null)
  /** Where a map opens when nothing says better; null until `findHome` has found it. */
  readonly home: Ref<Home | null> = ref(null)
  private finding: Promise<Home> | null = null
  /** Why the site could not be read; empty when it was. */
  readonly wrong: Ref<string> = ref('')
  readonly person: ComputedRef<Session['person']> = computed(() => this.session.value?.person ?? null)

  constructor(private readonly onSignedOut: () => void = () => undefined) {
    this.doors = new Doors(
      new ApiClient({
        language: () => language.value,
        onSignedOut: () => {
          if (this.session.value?.person) {
            this.session.value = null
            this.onSignedOut()
          }
        },
      }),
    )
    watch([this.session, language], ([session, spoken]) => {
      if (session?.person && session.grants.length && spoken === 'en') void this.learnNames()
    })
  }

  /** Learns how colleagues' names are written in English; where that fails they are shown as they are. */
  private async learnNames(): Promise<void> {
    const told = await this.doors.peopleNames().catch(() => ({ names: {} }))
    learnPeople(told.names)
  }

  /** Reads site and session; both are needed before anything can be shown. */
  async begin(): Promise<void> {
    this.wrong.value = ''
    try {
      const [site, session] = await Promise.all([this.doors.site(), this.readSession()])
      learnSeats(site)
      this.site.value = site
      this.session.value = session
    } catch (error) {
      this.wrong.value = sentenceOf(error)
    }
  }

  /** Finds where maps open, once; needs the site. */
  async findHome(): Promise<Home | null> {
    if (!this.site.value) return null
    this.finding ??= homeOf(this.site.value)
    this.home.value = await this.finding
    return this.home.value
  }

  async readSession(): Promise<Session | null> {
    const session = await this.doors.session().catch((error: unknown) => {
      if (error instanceof Error && 'isSignedOut' in error && error.isSignedOut) return null
      throw error
    })
    return session?.person ? session : null
  }

  take(session: Session): void {
    this.session.value = session
    if (session.language && !document.cookie.includes('gl_lang=')) chooseLanguage(session.language)
  }

  async signOut(): Promise<void> {
    await this.doors.signOut()
    this.session.value = null
  }

  holds(...duties: string[]): boolean {
    return this.session.value?.grants.some((grant) => duties.includes(grant.duty)) ?? false
  }
}
