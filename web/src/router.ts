// Routes. Lists stand at the same path and take the same filters as their endpoint below `/api/v1`, so that the list a
// figure names can be opened as it is written.

import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { can, recall, who } from '@/state/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the menu's entry, where the address alone does not tell. */
    menu?: string
    /** Message key of the title. */
    title: string
    /** Action the page needs, as in the server's authorization table. */
    action?: string
    /** Open to everybody. */
    open?: boolean
  }
}

const inside: RouteRecordRaw[] = [
  { path: '', name: 'home', component: () => import('@/pages/HomePage.vue'), meta: { title: 'nav.home' } },
  { path: 'map', name: 'map', component: () => import('@/pages/MapPage.vue'), meta: { title: 'nav.map', action: 'subjects.read' } },
  { path: 'subjects', name: 'subjects', component: () => import('@/pages/SubjectsPage.vue'), meta: { title: 'nav.subjects', action: 'subjects.read' } },
  { path: 'subjects/:id(\\d+)', name: 'subject', component: () => import('@/pages/SubjectPage.vue'), meta: { title: 'nav.subject', action: 'subjects.read' } },
  { path: 'alarms', name: 'alarms', component: () => import('@/pages/AlarmsPage.vue'), meta: { title: 'nav.alarms', action: 'alarms.read' } },
  { path: 'judgements', name: 'judgements', component: () => import('@/pages/JudgementsPage.vue'), meta: { title: 'nav.judgements', action: 'subjects.read' } },
  { path: 'judgements/:id(\\d+)', name: 'judgement', component: () => import('@/pages/JudgementPage.vue'), meta: { title: 'nav.judgement', action: 'subjects.read' } },
  { path: 'quarantine', name: 'quarantine', component: () => import('@/pages/QuarantinePage.vue'), meta: { title: 'nav.quarantine', action: 'quarantine.read' } },
  { path: 'devices', name: 'devices', component: () => import('@/pages/DevicesPage.vue'), meta: { title: 'nav.devices', action: 'devices.read' } },
  { path: 'standards/:folder?/:name?', name: 'standards', component: () => import('@/pages/StandardsPage.vue'), meta: { title: 'nav.standards', action: 'standards.evaluate' } },
  { path: 'registers', name: 'registers', component: () => import('@/pages/RegistersPage.vue'), meta: { title: 'nav.registers', action: 'registers.read' } },
  { path: 'registers/deadlines', name: 'deadlines', component: () => import('@/pages/DeadlinesPage.vue'), meta: { title: 'nav.deadlines', action: 'registers.read' } },
  { path: 'registers/:name', name: 'register', component: () => import('@/pages/RegisterPage.vue'), meta: { title: 'nav.register', action: 'registers.read' } },
  { path: 'registers/:name/new', name: 'record-new', component: () => import('@/pages/NewRecordPage.vue'), meta: { title: 'nav.record', action: 'registers.read' } },
  { path: 'registers/:name/import', name: 'register-import', component: () => import('@/pages/RegisterImportPage.vue'), meta: { title: 'nav.registerImport', action: 'registers.read' } },
  { path: 'registers/:name/doubles', name: 'doubles', component: () => import('@/pages/DoublesPage.vue'), meta: { title: 'nav.doubles', action: 'registers.read' } },
  { path: 'registers/:name/labels', name: 'labels', component: () => import('@/pages/LabelsPage.vue'), meta: { title: 'nav.labels', action: 'registers.read' } },
  { path: 'registers/:name/publications', name: 'publications', component: () => import('@/pages/PublicationsPage.vue'), meta: { title: 'nav.publications', action: 'registers.read' } },
  { path: 'registers/:name/:id', name: 'record', component: () => import('@/pages/RecordPage.vue'), meta: { title: 'nav.record', action: 'registers.read' } },
  { path: 'chains', name: 'chains', component: () => import('@/pages/ChainsPage.vue'), meta: { title: 'nav.chain', action: 'registers.read' } },
  { path: 'sources', name: 'sources', component: () => import('@/pages/SourcesPage.vue'), meta: { title: 'nav.source', action: 'registers.read' } },
  { path: 'sources/:id', name: 'source', component: () => import('@/pages/SourcePage.vue'), meta: { title: 'nav.source', action: 'registers.read' } },
  { path: 'zones', name: 'zones', component: () => import('@/pages/ZonesPage.vue'), meta: { title: 'nav.zones', action: 'registers.read' } },
  { path: 'systems', name: 'systems', component: () => import('@/pages/SystemsPage.vue'), meta: { title: 'nav.systems', action: 'systems.read' } },
  { path: 'plan', name: 'plan', component: () => import('@/pages/plan/PlanPage.vue'), meta: { title: 'nav.plan', action: 'plan.read' } },
  { path: 'plan/indicators', name: 'plan-indicators', component: () => import('@/pages/plan/IndicatorsPage.vue'), meta: { title: 'nav.planIndicators', action: 'plan.read' } },
  { path: 'plan/tasks', name: 'plan-tasks', component: () => import('@/pages/plan/TasksPage.vue'), meta: { title: 'nav.planTasks', action: 'plan.read' } },
  { path: 'plan/tasks/:id', name: 'plan-task', component: () => import('@/pages/plan/TaskPage.vue'), meta: { title: 'nav.planTasks', action: 'plan.read' } },
  { path: 'plan/projects', name: 'plan-projects', component: () => import('@/pages/plan/ProjectsPage.vue'), meta: { title: 'nav.planProjects', action: 'plan.read' } },
  { path: 'plan/mine', name: 'plan-mine', component: () => import('@/pages/plan/UnitPage.vue'), meta: { title: 'nav.planMine', action: 'plan.read' } },
  { path: 'plan/units/:code', name: 'plan-unit', component: () => import('@/pages/plan/UnitPage.vue'), meta: { title: 'nav.planUnit', action: 'plan.read' } },
  { path: 'plan/aims', name: 'plan-aims', component: () => import('@/pages/plan/AimsPage.vue'), meta: { title: 'nav.planAims', action: 'plan.read' } },
  { path: 'plan/baseline', name: 'plan-baseline', component: () => import('@/pages/plan/BaselinePage.vue'), meta: { title: 'nav.planBaseline', action: 'plan.read', menu: 'planIndicators' } },
  { path: 'plan/goals', name: 'plan-goals', component: () => import('@/pages/plan/GoalsPage.vue'), meta: { title: 'nav.planGoals', action: 'plan.read' } },
  { path: 'plan/consistency', name: 'plan-consistency', component: () => import('@/pages/plan/ConsistencyPage.vue'), meta: { title: 'nav.planConsistency', action: 'plan.read' } },
  { path: 'plan/dispatch/:code?', name: 'plan-dispatch', component: () => import('@/pages/plan/DispatchPage.vue'), meta: { title: 'nav.planDispatch', action: 'plan.read' } },
  { path: 'plan/dispatch/:code/:record', name: 'plan-return', component: () => import('@/pages/plan/ReturnPage.vue'), meta: { title: 'nav.planReturn', action: 'plan.read' } },
  { path: 'plan/evaluations', name: 'plan-evaluations', component: () => import('@/pages/plan/EvaluationsPage.vue'), meta: { title: 'nav.planEvaluation', action: 'plan.read' } },
  { path: 'plan/evaluations/:id(\\d+)', name: 'plan-evaluation', component: () => import('@/pages/plan/EvaluationPage.vue'), meta: { title: 'nav.planEvaluation', action: 'plan.read' } },
  { path: 'plan/assessments/:id(\\d+)', name: 'plan-assessment', component: () => import('@/pages/plan/AssessmentPage.vue'), meta: { title: 'nav.planAssessment', action: 'plan.read', menu: 'planEvaluation' } },
  { path: 'plan/documents', name: 'plan-documents', component: () => import('@/pages/plan/DocumentPage.vue'), meta: { title: 'nav.planImport', action: 'plan.read' } },
  { path: 'users', name: 'users', component: () => import('@/pages/UsersPage.vue'), meta: { title: 'nav.users', action: 'users.read' } },
  { path: 'tokens', name: 'tokens', component: () => import('@/pages/TokensPage.vue'), meta: { title: 'nav.tokens', action: 'tokens.read' } },
  { path: 'audit', name: 'audit', component: () => import('@/pages/AuditPage.vue'), meta: { title: 'nav.audit', action: 'audit.read' } },
  { path: 'system', name: 'system', component: () => import('@/pages/SystemPage.vue'), meta: { title: 'nav.system', action: 'system.read' } },
]

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/login', name: 'login', component: () => import('@/pages/LoginPage.vue'), meta: { title: 'nav.login', open: true } },
    { path: '/public', name: 'public', component: () => import('@/pages/PublicPage.vue'), meta: { title: 'nav.public', open: true } },
    { path: '/public/registers', name: 'public-registers', component: () => import('@/pages/PublicRegistersPage.vue'), meta: { title: 'nav.publicRegisters', open: true } },
    { path: '/public/registers/:name', name: 'public-register', component: () => import('@/pages/PublicRegisterPage.vue'), meta: { title: 'nav.publicRegisters', open: true } },
    { path: '/public/plan', name: 'public-plan', component: () => import('@/pages/plan/PublicPlanPage.vue'), meta: { title: 'nav.publicPlan', open: true } },
    { path: '/cockpit', name: 'cockpit', component: () => import('@/pages/CockpitPage.vue'), meta: { title: 'nav.cockpit', action: 'subjects.read' } },
    { path: '/', component: () => import('@/layouts/ConsoleLayout.vue'), meta: { title: 'nav.home' }, children: inside },
    { path: '/:rest(.*)*', name: 'missing', component: () => import('@/pages/MissingPage.vue'), meta: { title: 'nav.missing', open: true } },
  ],
})

/** Role «public» has no desk: its first page is the portal. */
router.beforeEach(async (to) => {
  if (to.meta.open) return true
  try {
    await recall()
  } catch {
    return true // the page itself says that the server cannot be reached
  }
  if (who.session === null) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (to.meta.action && !can(to.meta.action)) {
    return to.name === 'home' ? { name: 'public' } : { name: 'missing', params: { rest: to.path.slice(1).split('/') }, query: to.query }
  }
  return true
})
