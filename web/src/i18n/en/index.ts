// The messages of one language, a file for each part of the pages; a file owns the first word of its keys.

import base from './base.json'
import map from './map.json'
import plan from './plan.json'
import registers from './registers.json'

export default { ...base, ...map, ...plan, ...registers }
