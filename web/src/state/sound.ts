// A short tone for new alarms. Off until somebody switches it on; the choice stays with the browser.

import { ref } from 'vue'

const KEY = 'huanshu.sound'
export const sound = ref(localStorage.getItem(KEY) === 'on')

let context: AudioContext | null = null

export function setSound(on: boolean): void {
  sound.value = on
  localStorage.setItem(KEY, on ? 'on' : 'off')
  if (on) beep()
}

/** Two tones, a third of a second; grade 1 higher. Silent while switched off. */
export function beep(grade = 3): void {
  if (!sound.value) return
  context ??= new AudioContext()
  const base = grade === 1 ? 880 : 660
  ;[base, base * 1.25].forEach((pitch, index) => {
    if (!context) return
    const [tone, gain] = [context.createOscillator(), context.createGain()]
    const at = context.currentTime + index * 0.16
    tone.frequency.value = pitch
    gain.gain.setValueAtTime(0.12, at)
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.15)
    tone.connect(gain).connect(context.destination)
    tone.start(at)
    tone.stop(at + 0.16)
  })
}
