import { expect, it } from 'vitest'
import { basisInWords } from './basis'

it('says the letters of certainty in words and leaves the project’s own files out', () => {
  expect(basisInWords('计划 S103: 每季度公开; 期后15日为本系统取值 [U]', '（未核实）')).toBe('计划 S103: 每季度公开; 期后15日为本系统取值 （未核实）')
  expect(basisInWords('环境信用信息公开 (enforcement.md §5 [B])', '（未核实）')).toBe('环境信用信息公开')
  expect(basisInWords('碳排放信息披露 [C]', '（未核实）')).toBe('碳排放信息披露 （未核实）')
  expect(basisInWords('信访举报办理情况公开 (不含反映人)', '（未核实）')).toBe('信访举报办理情况公开 (不含反映人)')
  expect(basisInWords('默认365日 (waste.md §3 [A + practice])', '（未核实）')).toBe('默认365日')
})
