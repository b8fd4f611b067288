import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { ageWords, clockWords, countdown, leftWords, shortWords, timeLeft } from '../src/time/time'
import TimeBar from '../src/ui/TimeBar.vue'

const NOW = Date.parse('2026-11-22T14:32:08+08:00')
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString()

describe('time left', () => {
  it('is near under thirty minutes and drawn as the part that is left', () => {
    const left = timeLeft(at(18), at(-102), NOW)
    expect(left.state).toBe('soon')
    expect(left.part).toBeCloseTo(0.15, 5)
    expect(leftWords(left, 'zh')).toBe('剩 18 分')
    expect(leftWords(left, 'en')).toBe('18 min left')
  })

  it('is late after the deadline, with how long', () => {
    const left = timeLeft(at(-12), at(-132), NOW)
    expect(left).toMatchObject({ state: 'late', part: 1 })
    expect(leftWords(left, 'zh')).toBe('超 12 分')
    expect(leftWords(left, 'en')).toBe('12 min over')
  })

  it('counts hours with two figures of minutes, and days', () => {
    expect(leftWords(timeLeft(at(68), null, NOW), 'zh')).toBe('剩 1 时 08 分')
    expect(leftWords(timeLeft(at(3 * 1440 + 4 * 60), null, NOW), 'en')).toBe('3 d 4 h left')
  })

  it('stands still while the clock is stopped', () => {
    expect(leftWords(timeLeft(at(-5), at(-60), NOW, true), 'zh')).toBe('停表中')
  })

  it('says so when there is no deadline', () => {
    expect(timeLeft(null, null, NOW).state).toBe('none')
  })
})

describe('the bar', () => {
  it.each([
    [timeLeft(at(60), at(-60), NOW), 'ok', '50%'],
    [timeLeft(at(18), at(-102), NOW), 'soon', '15%'],
    [timeLeft(at(-1), at(-60), NOW), 'late', '100%'],
    [timeLeft(at(5), at(-60), NOW, true), 'paused', '100%'],
  ])('shows %o as %s', (left, name, width) => {
    const bar = mount(TimeBar, { props: { left } })
    expect(bar.classes()).toContain(name)
    expect((bar.find('i').element as HTMLElement).style.width).toBe(width)
  })
})

describe('words of time', () => {
  it('are those of the city, wherever the screen stands', () => {
    expect(clockWords(NOW)).toBe('14:32:08')
    expect(shortWords('2026-11-22T04:31:00Z', NOW)).toBe('12:31')
    expect(shortWords('2026-11-20T04:31:00Z', NOW)).toBe('11-20 12:31')
    expect(shortWords('2025-11-20T04:31:00Z', NOW)).toBe('2025-11-20')
  })

  it('count down to the second', () => {
    expect(countdown(at(17.8666667), NOW, 'zh')).toBe('00:17:52')
    expect(countdown(at(1500), NOW, 'en')).toBe('1 d 01:00:00')
  })

  it('give ages', () => {
    expect(ageWords(NOW - 8000, NOW, 'zh')).toBe('8 秒前')
    expect(ageWords(NOW - 185_000, NOW, 'en')).toBe('3 min ago')
  })
})
