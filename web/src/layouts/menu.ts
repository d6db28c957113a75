// The console's menu as data: where it leads, and the action somebody needs to see it.

import { Aim, AlarmClock, Bell, Checked, Collection, Compass, Connection, Cpu, DataLine, Document, Files, Finished, Flag, Fold, House, Key, List, Location, MapLocation, Monitor, Notebook, OfficeBuilding, Postcard, Pouring, Reading, SetUp, Share, Stamp, Sunny, Switch, Tickets, TrendCharts, User, View } from '@element-plus/icons-vue'
import type { Component } from 'vue'

export interface MenuItem {
  key: string
  to: string
  icon: Component
  action?: string
  /** Shows the number of open alarms. */
  badge?: 'alarms' | 'devices'
}

export const MENU: { key: string; items: MenuItem[] }[] = [
  {
    key: 'overview',
    items: [
      { key: 'home', to: '/', icon: House },
      { key: 'map', to: '/map', icon: MapLocation, action: 'subjects.read' },
      { key: 'cockpit', to: '/cockpit', icon: Monitor, action: 'subjects.read' },
    ],
  },
  {
    key: 'watch',
    items: [
      { key: 'air', to: '/subjects?kind=air_station', icon: Sunny, action: 'subjects.read' },
      { key: 'water', to: '/subjects?kind=water_section', icon: Pouring, action: 'subjects.read' },
      { key: 'sources', to: '/subjects?kind=gas_outlet,water_outlet', icon: DataLine, action: 'subjects.read' },
      { key: 'firms', to: '/subjects?kind=firm', icon: OfficeBuilding, action: 'subjects.read' },
    ],
  },
  {
    key: 'act',
    items: [
      { key: 'alarms', to: '/alarms?state=open,acknowledged', icon: Bell, action: 'alarms.read', badge: 'alarms' },
      { key: 'judgements', to: '/judgements', icon: Document, action: 'subjects.read' },
      { key: 'standards', to: '/standards', icon: Notebook, action: 'standards.evaluate' },
    ],
  },
  {
    key: 'registers',
    items: [
      { key: 'registers', to: '/registers', icon: Collection, action: 'registers.read' },
      { key: 'deadlines', to: '/registers/deadlines', icon: AlarmClock, action: 'registers.read' },
      { key: 'source', to: '/sources', icon: Postcard, action: 'registers.read' },
      { key: 'chain', to: '/chains', icon: Share, action: 'registers.read' },
      { key: 'zones', to: '/zones', icon: Location, action: 'registers.read' },
      { key: 'systems', to: '/systems', icon: Finished, action: 'systems.read' },
    ],
  },
  {
    key: 'plan',
    items: [
      { key: 'plan', to: '/plan', icon: Compass, action: 'plan.read' },
      { key: 'planAims', to: '/plan/aims', icon: Aim, action: 'plan.read' },
      { key: 'planMine', to: '/plan/mine', icon: Checked, action: 'plan.read' },
      { key: 'planIndicators', to: '/plan/indicators', icon: TrendCharts, action: 'plan.read' },
      { key: 'planTasks', to: '/plan/tasks', icon: List, action: 'plan.read' },
      { key: 'planProjects', to: '/plan/projects', icon: SetUp, action: 'plan.read' },
      { key: 'planGoals', to: '/plan/goals', icon: Flag, action: 'plan.read' },
      { key: 'planDispatch', to: '/plan/dispatch', icon: Finished, action: 'plan.read' },
      { key: 'planEvaluation', to: '/plan/evaluations', icon: Stamp, action: 'plan.read' },
      { key: 'planConsistency', to: '/plan/consistency', icon: Switch, action: 'plan.read' },
      { key: 'planImport', to: '/plan/documents', icon: Reading, action: 'plan.read' },
    ],
  },
  {
    key: 'data',
    items: [
      { key: 'devices', to: '/devices', icon: Connection, action: 'devices.read', badge: 'devices' },
      { key: 'quarantine', to: '/quarantine', icon: Files, action: 'quarantine.read' },
    ],
  },
  {
    key: 'admin',
    items: [
      { key: 'users', to: '/users', icon: User, action: 'users.read' },
      { key: 'tokens', to: '/tokens', icon: Key, action: 'tokens.read' },
      { key: 'audit', to: '/audit', icon: Tickets, action: 'audit.read' },
      { key: 'system', to: '/system', icon: Cpu, action: 'system.read' },
    ],
  },
  { key: 'open', items: [{ key: 'public', to: '/public', icon: View }] },
]

export { Fold as MenuIcon }
