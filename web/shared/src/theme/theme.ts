import { computed, ref, watchEffect, type ComputedRef, type Ref } from 'vue'

export type ThemeChoice = 'auto' | 'dark' | 'light'
export type Theme = 'dark' | 'light'

const KEY = 'gl_theme'
const CHOICES: readonly ThemeChoice[] = ['auto', 'dark', 'light']

const darkWanted = globalThis.matchMedia?.('(prefers-color-scheme: dark)')
const systemDark = ref(darkWanted?.matches ?? true)
darkWanted?.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

function stored(): ThemeChoice | null {
  const value = localStorage.getItem(KEY)
  return CHOICES.find((choice) => choice === value) ?? null
}

export const themeChoice: Ref<ThemeChoice> = ref(stored() ?? 'auto')

export const theme: ComputedRef<Theme> = computed(() => {
  if (themeChoice.value !== 'auto') return themeChoice.value
  return systemDark.value ? 'dark' : 'light'
})

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice
  localStorage.setItem(KEY, choice)
}

/** Keeps <html data-theme> in step; `preferred` holds until the person has chosen. */
export function startTheme(preferred: ThemeChoice = 'auto'): void {
  if (stored() === null) themeChoice.value = preferred
  watchEffect(() => {
    document.documentElement.dataset.theme = theme.value
  })
}

/** The value of a colour token now, for canvases and the map, which cannot read custom properties. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}
