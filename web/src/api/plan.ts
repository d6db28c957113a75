// Calls of the plan's pages, by name. Shapes come from the generated contract.

import { ask, client, given } from './client'
import type { components } from './schema'

type S = components['schemas']

export type PlanOverview = S['PlanOverview']
export type PlanBehind = S['PlanBehind']
export type PlanUnit = S['PlanUnit']
export type PlanLights = S['PlanLights']
export type AimView = S['AimView']
export type AimList = S['AimList']
export type BaselineList = S['BaselineList']
export type BaselineRow = S['BaselineRow']
export type PlanSource = S['PlanSource']
export type PlanDoubt = S['PlanDoubt']
export type UnitCard = S['UnitCard']
export type IndicatorView = S['IndicatorView']
export type IndicatorBoard = S['IndicatorBoard']
export type Provenance = S['ProvenanceView']
export type TaskTree = S['TaskTree']
export type TaskRow = S['TaskRow']
export type TaskView = S['TaskView']
export type LateRow = S['LateRow']
export type UnitView = S['UnitDesk']
export type ProjectView = S['ProjectView']
export type ProjectList = S['ProjectList']
export type ProjectLine = S['ProjectLine']
export type MeasureView = S['MeasureView']
export type OrderView = S['OrderView']
export type RoundRow = S['RoundRow']
export type RoundView = S['RoundView']
export type EvaluationRow = S['EvaluationRow']
export type EvaluationView = S['EvaluationView']
export type Remarks = S['RemarksView']
export type AssessmentView = S['AssessmentView']
export type PlanEdition = S['PlanEdition']
export type Extraction = S['ExtractionView']
export type Correction = S['CorrectionView']
export type PlanDiff = S['PlanDiff']
export type PublicPlan = S['PublicPlan']
export type PlanNotice = S['NoticeView']
export type GoalProposal = S['GoalProposal']
export type ConsistencyList = S['ConsistencyList']

const on = (day?: string): { query: { on?: string } } => ({ query: given({ on: day }) })

export const overview = (day?: string): Promise<PlanOverview> => ask(client.GET('/api/v1/plan', { params: on(day) }))
export const indicators = (day?: string): Promise<IndicatorBoard> => ask(client.GET('/api/v1/plan/indicators', { params: on(day) }))
export const indicator = (no: number, day?: string): Promise<IndicatorView> =>
  ask(client.GET('/api/v1/plan/indicators/{no}', { params: { path: { no }, ...on(day) } }))
export const provenance = (key: string): Promise<Provenance> => ask(client.GET('/api/v1/plan/provenance', { params: { query: { key } } }))
export const tasks = (day?: string): Promise<TaskTree> => ask(client.GET('/api/v1/plan/tasks', { params: on(day) }))
export const task = (id: string, day?: string): Promise<TaskView> =>
  ask(client.GET('/api/v1/plan/tasks/{id}', { params: { path: { id }, ...on(day) } }))
export const projects = (day?: string): Promise<ProjectList> => ask(client.GET('/api/v1/plan/projects', { params: on(day) }))
export const late = (query: { on?: string; unit?: string; level?: string; page?: number; page_size?: number }) =>
  ask(client.GET('/api/v1/plan/late', { params: { query: given(query) } }))
export const unit = (code: string, day?: string): Promise<UnitView> =>
  ask(client.GET('/api/v1/plan/units/{code}', { params: { path: { code }, ...on(day) } }))
export const acknowledge = (id: number, note: string): Promise<PlanNotice> =>
  ask(client.POST('/api/v1/plan/notices/{id}/acknowledge', { params: { path: { id } }, body: { note } }))
export const goals = (year: number, unitCode?: string): Promise<GoalProposal> =>
  ask(client.GET('/api/v1/plan/goals/derived', { params: { query: { year, ...given({ unit: unitCode }) } } }))
export const deriveGoals = (body: S['DeriveGoals']) => ask(client.POST('/api/v1/plan/goals/derived', { body }))
export const consistency = (): Promise<ConsistencyList> => ask(client.GET('/api/v1/plan/consistency'))
export const consistencyOrder = (id: string) => ask(client.POST('/api/v1/plan/consistency/{id}/order', { params: { path: { id } } }))
export const draftOrders = (body: S['DraftOrder']) => ask(client.POST('/api/v1/plan/orders', { body }))

export const rounds = async (): Promise<RoundRow[]> => (await ask(client.GET('/api/v1/plan/rounds'))).items
export const round = (code: string): Promise<RoundView> => ask(client.GET('/api/v1/plan/rounds/{code}', { params: { path: { code } } }))
export const openRound = (code: string): Promise<RoundView> => ask(client.POST('/api/v1/plan/rounds', { body: { code } }))
export const freezeRound = (code: string): Promise<RoundView> =>
  ask(client.POST('/api/v1/plan/rounds/{code}/freeze', { params: { path: { code } } }))

export const evaluations = async (): Promise<EvaluationRow[]> => (await ask(client.GET('/api/v1/plan/evaluations'))).items
export const evaluation = (id: number): Promise<EvaluationView> =>
  ask(client.GET('/api/v1/plan/evaluations/{id}', { params: { path: { id } } }))
export const makeEvaluation = (body: S['MakeEvaluation']): Promise<EvaluationView> => ask(client.POST('/api/v1/plan/evaluations', { body }))
export const stepEvaluation = (id: number, step: 'hand-in' | 'publish' | 'withdraw', note: string) => {
  const options = { params: { path: { id } }, body: { note } }
  if (step === 'hand-in') return ask(client.POST('/api/v1/plan/evaluations/{id}/hand-in', options))
  if (step === 'publish') return ask(client.POST('/api/v1/plan/evaluations/{id}/publish', options))
  return ask(client.POST('/api/v1/plan/evaluations/{id}/withdraw', options))
}
export const assessments = async (): Promise<EvaluationRow[]> => (await ask(client.GET('/api/v1/plan/assessments'))).items
export const assessment = (id: number): Promise<AssessmentView> =>
  ask(client.GET('/api/v1/plan/assessments/{id}', { params: { path: { id } } }))
export const makeAssessment = (year: number): Promise<AssessmentView> => ask(client.POST('/api/v1/plan/assessments', { body: { year } }))

export const documents = async (): Promise<PlanEdition[]> => (await ask(client.GET('/api/v1/plan/documents'))).items
export const document = (edition: number): Promise<Extraction> =>
  ask(client.GET('/api/v1/plan/documents/{edition}', { params: { path: { edition } } }))
export function uploadDocument(file: File): Promise<Extraction> {
  const form = new FormData()
  form.append('file', file)
  return ask(client.POST('/api/v1/plan/documents', { body: form as never, bodySerializer: (body) => body as never }))
}
export const correct = (edition: number, body: S['MakeCorrection']) =>
  ask(client.POST('/api/v1/plan/documents/{edition}/corrections', { params: { path: { edition } }, body }))
export const withdrawCorrection = (id: number): Promise<unknown> =>
  ask(client.DELETE('/api/v1/plan/corrections/{id}', { params: { path: { id } } }))
export const diff = (older: number, newer: number): Promise<PlanDiff> =>
  ask(client.GET('/api/v1/plan/diff', { params: { query: { older, newer } } }))

export const aims = (on?: string): Promise<AimList> => ask(client.GET('/api/v1/plan/aims', { params: { query: given({ on }) } }))

export const baseline = (): Promise<BaselineList> => ask(client.GET('/api/v1/plan/baseline'))

export const publicPlan = (): Promise<PublicPlan> => ask(client.GET('/api/v1/public/plan'))
