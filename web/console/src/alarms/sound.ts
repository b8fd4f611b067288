import { ref } from 'vue'

const KEPT = 'gl_alarm_muted'
const HIGH_HZ = 880
const LOW_HZ = 660
const TONE_S = 0.18

/** Whether this desk stays silent; kept in the browser. */
export const muted = ref(localStorage.getItem(KEPT) === '1')

export function mute(is: boolean): void {
  muted.value = is
  localStorage.setItem(KEPT, is ? '1' : '0')
}

let context: AudioContext | undefined

/** Two tones, three times. A browser plays them only after somebody has touched the page. */
export function alarmSound(): void {
  if (muted.value || typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  const { currentTime } = context
  for (let at = 0; at < 6; at += 1) {
    const tone = context.createOscillator()
    const gain = context.createGain()
    tone.frequency.value = at % 2 ? LOW_HZ : HIGH_HZ
    gain.gain.value = 0.12
    tone.connect(gain).connect(context.destination)
    tone.start(currentTime + at * TONE_S)
    tone.stop(currentTime + (at + 1) * TONE_S)
  }
}
