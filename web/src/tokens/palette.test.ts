import { describe, expect, it } from 'vitest'
import { AQI, GRADE, NONE, STATE, WATER, WATER_ORDER, aqiToken, contrast, cssVariables, waterToken } from './palette'

describe('palette', () => {
  it('has the AQI colours of HJ 633', () => {
    expect(Object.values(AQI).map((t) => t.colour.toUpperCase())).toEqual([
      '#00E400', '#FFFF00', '#FF7E00', '#FF0000', '#99004C', '#7E0023',
    ])
  })

  it('has the water colours in the order of the classes', () => {
    expect(WATER_ORDER.map((name) => WATER[name]?.colour.toUpperCase())).toEqual([
      '#CCFFFF', '#00CCFF', '#00FF00', '#FFFF00', '#FF9B00', '#FF0000',
    ])
  })

  it('has readable ink on every token', () => {
    for (const t of [...Object.values(AQI), ...Object.values(WATER), ...Object.values(STATE), ...Object.values(GRADE), NONE]) {
      expect(contrast(t.colour, t.ink), t.colour).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('paints what is missing grey, never as the best class', () => {
    expect(aqiToken(null)).toBe(NONE)
    expect(aqiToken(0)).toBe(NONE)
    expect(waterToken(undefined)).toBe(NONE)
    expect(waterToken('I')).not.toBe(NONE)
  })

  it('gives each token a name for the style sheets', () => {
    const names = Object.keys(cssVariables())
    expect(names).toHaveLength(new Set(names).size)
    expect(names).toContain('--aqi-6')
    expect(names).toContain('--water-6-ink')
    expect(names).toContain('--state-silent')
  })
})
