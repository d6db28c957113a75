// Every call the pages make, by name. Pages know these functions and the shapes in `types`, not paths.

import { ask, client, given } from './client'
import type { paths } from './schema'
import type {
  AirBands, Alarm, AlarmDetail, AuditRow, AuditVerification, CloseReason, Device, Frame, Health, Judgement, JudgementRow,
  JudgementView, Layer, LayerInfo, Observations, Overview, Page, PointCollection, Profile, PublicAir, PublicWater,
  QueryOf, Series, Session, StandardsTable, SubjectDetail, SubjectRow, SystemView, Token, Topic, User,
} from './types'

type Body<P extends keyof paths, M extends 'post' | 'patch'> =
  paths[P][M] extends { requestBody: { content: { 'application/json': infer B } } } ? B : never

// ---- who is there
export const login = (login: string, password: string): Promise<Session> =>
  ask(client.POST('/api/v1/session', { body: { login, password } }))
export const logout = (): Promise<unknown> => ask(client.DELETE('/api/v1/session'))
export const session = (): Promise<Session> => ask(client.GET('/api/v1/session'))
export const changePassword = (body: Body<'/api/v1/session/password', 'post'>): Promise<unknown> =>
  ask(client.POST('/api/v1/session/password', { body }))
export const profile = (): Promise<Profile> => ask(client.GET('/api/v1/profile'))

// ---- map and figures
export const layers = (): Promise<LayerInfo[]> => ask(client.GET('/api/v1/map/layers'))
export const layer = (name: string): Promise<Layer> =>
  ask(client.GET('/api/v1/map/layers/{name}', { params: { path: { name } } }))
/** The points as they are, or as they stood at an instant. */
export const points = (kind?: string, at?: string): Promise<PointCollection> =>
  ask(client.GET('/api/v1/map/points', { params: { query: given({ kind, at }) } }))
export const airBands = (factor: AirBands['factor'], at?: string): Promise<AirBands> =>
  ask(client.GET('/api/v1/map/air', { params: { query: given({ factor, at }) } }))
export const overview = (): Promise<Overview> => ask(client.GET('/api/v1/overview'))

// ---- subjects and their values
export const subjects = (query: QueryOf<'list_subjects'>): Promise<Page<SubjectRow>> =>
  ask(client.GET('/api/v1/subjects', { params: { query: given(query) } }))
export const subject = (id: number): Promise<SubjectDetail> =>
  ask(client.GET('/api/v1/subjects/{id}', { params: { path: { id } } }))
export const series = (query: QueryOf<'list_series'>): Promise<Page<Series>> =>
  ask(client.GET('/api/v1/series', { params: { query: given(query) as QueryOf<'list_series'> } }))
export const observations = (id: number, query: QueryOf<'list_observations'>): Promise<Observations> =>
  ask(client.GET('/api/v1/series/{id}/observations', { params: { path: { id }, query: given(query) } }))

// ---- judgements
export const judgements = (query: QueryOf<'list_judgements'>): Promise<Page<JudgementRow>> =>
  ask(client.GET('/api/v1/judgements', { params: { query: given(query) } }))
export const judgement = (id: number): Promise<JudgementView> =>
  ask(client.GET('/api/v1/judgements/{id}', { params: { path: { id } } }))
export const topics = async (): Promise<Topic[]> => (await ask(client.GET('/api/v1/standards/topics'))).items
export const tables = async (): Promise<StandardsTable[]> => (await ask(client.GET('/api/v1/standards/tables'))).items
export const table = (id: string): Promise<StandardsTable> => ask(client.GET('/api/v1/standards/tables/{id}', { params: { path: { id } } }))
export const evaluate = (topic: string, body: Record<string, never>): Promise<Judgement> => {
  const [folder = '', name = ''] = topic.split('/')
  return ask(client.POST('/api/v1/evaluate/{folder}/{name}', { params: { path: { folder, name } }, body }))
}

// ---- alarms
export const alarms = (query: QueryOf<'list_alarms'>): Promise<Page<Alarm>> =>
  ask(client.GET('/api/v1/alarms', { params: { query: given(query) } }))
export const alarm = (id: number): Promise<AlarmDetail> =>
  ask(client.GET('/api/v1/alarms/{id}', { params: { path: { id } } }))
export const acknowledge = (id: number, comment: string | null): Promise<AlarmDetail> =>
  ask(client.POST('/api/v1/alarms/{id}/acknowledge', { params: { path: { id } }, body: { comment } }))
export const comment = (id: number, text: string): Promise<AlarmDetail> =>
  ask(client.POST('/api/v1/alarms/{id}/comment', { params: { path: { id } }, body: { text } }))
export const closeAlarm = (id: number, reason: CloseReason, comment: string | null): Promise<AlarmDetail> =>
  ask(client.POST('/api/v1/alarms/{id}/close', { params: { path: { id } }, body: { reason, comment } }))

// ---- devices and frames
/** An empty MN is written `-` in a path. */
const inPath = (mn: string): string => (mn === '' ? '-' : mn)
export const devices = (query: QueryOf<'list_devices'>): Promise<Page<Device>> =>
  ask(client.GET('/api/v1/devices', { params: { query: given(query) } }))
export const decide = (mn: string, body: Body<'/api/v1/devices/{mn}/decision', 'post'>) =>
  ask(client.POST('/api/v1/devices/{mn}/decision', { params: { path: { mn: inPath(mn) } }, body }))
export const frames = (mn: string, limit: number): Promise<Frame[]> =>
  ask(client.GET('/api/v1/devices/{mn}/frames', { params: { path: { mn: inPath(mn) }, query: { limit } } }))
export const quarantine = (query: QueryOf<'list_quarantine'>): Promise<Page<Frame>> =>
  ask(client.GET('/api/v1/quarantine', { params: { query: given(query) } }))

// ---- the public portal
export const publicAir = (): Promise<PublicAir> => ask(client.GET('/api/v1/public/air'))
export const publicWater = (): Promise<PublicWater> => ask(client.GET('/api/v1/public/water'))

// ---- people and the machine
export const users = (query: QueryOf<'list_users'>): Promise<Page<User>> =>
  ask(client.GET('/api/v1/users', { params: { query: given(query) } }))
export const createUser = (body: Body<'/api/v1/users', 'post'>): Promise<User> => ask(client.POST('/api/v1/users', { body }))
export const changeUser = (id: number, body: Body<'/api/v1/users/{id}', 'patch'>): Promise<User> =>
  ask(client.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body }))
export const tokens = (query: QueryOf<'list_tokens'>): Promise<Page<Token>> =>
  ask(client.GET('/api/v1/tokens', { params: { query: given(query) } }))
export const createToken = (body: Body<'/api/v1/tokens', 'post'>) => ask(client.POST('/api/v1/tokens', { body }))
export const revokeToken = (id: number): Promise<unknown> =>
  ask(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }))
export const audit = (query: QueryOf<'list_audit'>): Promise<Page<AuditRow>> =>
  ask(client.GET('/api/v1/audit', { params: { query: given(query) } }))
export const verifyAudit = (): Promise<AuditVerification> => ask(client.GET('/api/v1/audit/verify'))
export const system = (): Promise<SystemView> => ask(client.GET('/api/v1/system'))
export const health = (): Promise<Health> => ask(client.GET('/healthz'))
