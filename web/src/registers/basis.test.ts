import { expect, it } from 'vitest'
import { basisInWords } from './basis'

it('says the letters of certainty in words', () => {
  expect(basisInWords('计划 S103: 每季度公开; 期后15日为本系统取值 [U]', '（未核实）')).toBe('计划 S103: 每季度公开; 期后15日为本系统取值 （未核实）')
  expect(basisInWords('《山东省企业环境信用评价办法》: 评价结果公开 [B]', '（未核实）')).toBe('《山东省企业环境信用评价办法》: 评价结果公开')
  expect(basisInWords('碳排放信息披露 [C]', '（未核实）')).toBe('碳排放信息披露 （未核实）')
  expect(basisInWords('信访举报办理情况公开 (不含反映人)', '（未核实）')).toBe('信访举报办理情况公开 (不含反映人)')
})
