// A definition for the tests of this folder: every kind of field once, no register of the product.

import type { RegisterView } from '@/api/types'

const field = (name: string, type: string, more: object = {}): object => ({ name, zh: `字段${name}`, en: `Field ${name}`, type, ...more })

export const sample = {
  name: 'sample', codes: { kind: [{ code: 'a', zh: '甲', en: 'A' }, { code: 'b', zh: '乙', en: 'B' }], 'parts.grade': [{ code: '1', zh: '一级', en: 'First' }] },
  definition: {
    title: ['code'],
    field: [
      field('code', 'text', { required: true }), field('kind', 'choice'), field('amount', 'decimal', { unit: 'ug/m3', min: '0', max: '10' }), field('n', 'integer', { min: '1' }),
      field('day', 'date'), field('at', 'instant'), field('yes', 'boolean', { default: true }), field('doc', 'file'), field('spot', 'point'), field('way', 'line'), field('ground', 'area'),
      field('other', 'reference', { register: 'sample' }), field('unit', 'unit'), field('firm', 'credit_code'), field('words', 'text', { repeatable: true }),
      field('total', 'decimal', { computed: 'sum(parts, share)' }),
      field('parts', 'group', { fields: [field('part', 'text', { required: true }), field('share', 'decimal'), field('grade', 'choice'), field('made', 'decimal', { computed: 'share' })] }),
    ],
  },
} as unknown as RegisterView
