// The parts of ECharts the pages use; nothing else is bundled.

import { BarChart, CustomChart, EffectScatterChart, GraphChart, LineChart, MapChart, ScatterChart } from 'echarts/charts'
import {
  AriaComponent, DataZoomComponent, GeoComponent, GridComponent, MarkLineComponent, TooltipComponent,
} from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([
  LineChart, BarChart, GraphChart, ScatterChart, EffectScatterChart, MapChart, CustomChart, GridComponent, TooltipComponent, MarkLineComponent, DataZoomComponent,
  GeoComponent, AriaComponent, CanvasRenderer,
])

export { echarts }
