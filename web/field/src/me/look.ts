import { ref, watchEffect, type Ref } from 'vue'
import { chooseTheme, startTheme } from '@shared/theme/theme'

/** How the screen is read: in the sun unless the worker chose otherwise. */
export type Look = 'sun' | 'light' | 'dark'
export type TextSize = 'normal' | 'large'

export const LOOKS: readonly Look[] = ['sun', 'light', 'dark']
const LOOK_KEY = 'gl_field_look'
const TEXT_KEY = 'gl_field_text'

export const look: Ref<Look> = ref(LOOKS.find((one) => one === localStorage.getItem(LOOK_KEY)) ?? 'sun')
export const textSize: Ref<TextSize> = ref(localStorage.getItem(TEXT_KEY) === 'large' ? 'large' : 'normal')

export function chooseLook(chosen: Look): void {
  look.value = chosen
  localStorage.setItem(LOOK_KEY, chosen)
}

export function chooseText(chosen: TextSize): void {
  textSize.value = chosen
  localStorage.setItem(TEXT_KEY, chosen)
}

/** Keeps <html> in step with what was chosen. */
export function startLook(): void {
  startTheme('light')
  watchEffect(() => {
    const { dataset } = document.documentElement
    chooseTheme(look.value === 'dark' ? 'dark' : 'light')
    if (look.value === 'sun') dataset.contrast = 'sun'
    else delete dataset.contrast
    if (textSize.value === 'large') dataset.text = 'large'
    else delete dataset.text
  })
}
