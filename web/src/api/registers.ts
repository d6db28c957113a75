// The calls about registers: lists that follow from their definitions, what links them, where rules hold, what is published.

import { ask, client, given, upload } from './client'
import type {
  Attachment, Body, BulkAnswer, ChainInfo, ChainWalk, DeadlineRow, DoublePair, Finding, HistoryEntry, ImportView, Linked, LayerReport, LinkGraph, MergePlan, Outstanding,
  Page, Proposal, QueryOf, PublicationsView, PublicRecords, PublicRegister, RecordCollection, RecordRow, RecordView, RegisterFigure, RegisterInfo, RegisterView, SourceList, SourceView, SystemList, TallyFigure, ZoneReport,
} from './types'

/** Values as the generated types have objects whose fields they do not know. */
const free = (body: Body): Record<string, never> => body as Record<string, never>

const ROOT = '/api/v1/registers'
/** Address of a file below a register, for a link. */
export const fileAt = (name: string, rest: string): string => `${ROOT}/${encodeURIComponent(name)}/${rest}`

export const registers = async (): Promise<RegisterInfo[]> => (await ask(client.GET('/api/v1/registers'))).items
export const register = (name: string): Promise<RegisterView> =>
  ask(client.GET('/api/v1/registers/{name}', { params: { path: { name } } })) as Promise<unknown> as Promise<RegisterView>
/** Beside the named filters, `where.<field>` for each field of the register, which no document can name. */
export type RecordQuery = QueryOf<'list_records'> & { [where: `where.${string}`]: string }
export const records = (name: string, query: RecordQuery): Promise<Page<RecordRow>> =>
  ask(client.GET('/api/v1/registers/{name}/records', { params: { path: { name }, query: given(query) } }))
export const record = (name: string, id: string, query: QueryOf<'get_record'> = {}): Promise<RecordView> =>
  ask(client.GET('/api/v1/registers/{name}/records/{id}', { params: { path: { name, id }, query: given(query) } }))
export const createRecord = (name: string, body: Body, valid_from?: string): Promise<RecordView> =>
  ask(client.POST('/api/v1/registers/{name}/records', { params: { path: { name } }, body: { body: free(body), valid_from } }))
export const editRecord = (name: string, id: string, change: { revision: number; body: Body; valid_from?: string; reason?: string }): Promise<RecordView> =>
  ask(client.PATCH('/api/v1/registers/{name}/records/{id}', { params: { path: { name, id } }, body: { ...change, body: free(change.body) } }))
export const takeStep = (name: string, id: string, step: { transition: string; revision: number; reason?: string; body: Body }): Promise<RecordView> =>
  ask(client.POST('/api/v1/registers/{name}/records/{id}/steps', { params: { path: { name, id } }, body: { ...step, body: free(step.body) } }))
/** Of a record that exists only what changes is looked at on top of what is there. */
export const checkRecord = (name: string, id: string | null, body: Body): Promise<{ body: Body; findings: Finding[] }> =>
  id === null
    ? ask(client.POST('/api/v1/registers/{name}/check', { params: { path: { name } }, body: { body: free(body) } }))
    : ask(client.POST('/api/v1/registers/{name}/records/{id}/check', { params: { path: { name, id } }, body: { body: free(body) } }))
export const history = async (name: string, id: string): Promise<HistoryEntry[]> =>
  (await ask(client.GET('/api/v1/registers/{name}/records/{id}/history', { params: { path: { name, id } } }))).items
export const linked = async (name: string, id: string): Promise<Linked[]> =>
  (await ask(client.GET('/api/v1/registers/{name}/records/{id}/linked', { params: { path: { name, id } } }))).items
export const figures = async (name: string): Promise<TallyFigure[]> =>
  (await ask(client.GET('/api/v1/registers/{name}/figures', { params: { path: { name } } }))).items
export const allFigures = async (): Promise<RegisterFigure[]> => (await ask(client.GET('/api/v1/registers/figures'))).items
export const deadlines = (query: QueryOf<'list_deadlines'>): Promise<Page<DeadlineRow>> => ask(client.GET('/api/v1/registers/deadlines', { params: { query: given(query) } }))
export const links = (query: QueryOf<'get_links'>): Promise<LinkGraph> => ask(client.GET('/api/v1/links', { params: { query: given(query) } }))
export const bulk = (name: string, change: { where?: Body; ids?: string[]; set: Body; preview: boolean; reason?: string }): Promise<BulkAnswer> =>
  ask(client.POST('/api/v1/registers/{name}/bulk', { params: { path: { name } }, body: { ...change, where: change.where && free(change.where), set: free(change.set) } }))

// ---- files in and out
export const attach = (name: string, field: string, file: File, progress: (share: number) => void, stop?: AbortSignal): Promise<Attachment> =>
  upload(`/api/v1/attachments?register=${encodeURIComponent(name)}&field=${encodeURIComponent(field)}`, file, progress, stop)
export const importFile = (name: string, file: File, progress: (share: number) => void, stop?: AbortSignal): Promise<ImportView> =>
  upload(fileAt(name, 'imports'), file, progress, stop)
export const confirmImport = (name: string, id: number): Promise<{ created: number; changed: number; unchanged: number }> =>
  ask(client.POST('/api/v1/registers/{name}/imports/{id}/confirm', { params: { path: { name, id } } }))
export const dropImport = (name: string, id: number): Promise<unknown> =>
  ask(client.DELETE('/api/v1/registers/{name}/imports/{id}', { params: { path: { name, id } } }))

// ---- records that mean the same thing
export const doubles = async (name: string): Promise<DoublePair[]> =>
  (await ask(client.GET('/api/v1/registers/{name}/doubles', { params: { path: { name } } }))).items
export const dismissDouble = (name: string, body: { a: string; b: string; reason: string }): Promise<unknown> =>
  ask(client.POST('/api/v1/registers/{name}/doubles/dismiss', { params: { path: { name } }, body }))
export const mergePlan = (name: string, keep: string, close: string): Promise<MergePlan> =>
  ask(client.GET('/api/v1/registers/{name}/merge', { params: { path: { name }, query: { keep, close } } }))
export const merge = (name: string, body: { keep: string; close: string; choices: Record<string, 'keep' | 'close'>; reason: string; keep_revision: number; close_revision: number }): Promise<RecordView> =>
  ask(client.POST('/api/v1/registers/{name}/merge', { params: { path: { name } }, body }))
export const unmerge = (name: string, body: { id: string; reason: string }): Promise<RecordView> =>
  ask(client.POST('/api/v1/registers/{name}/unmerge', { params: { path: { name } }, body }))

// ---- publication
export const publications = (name: string): Promise<PublicationsView> => ask(client.GET('/api/v1/registers/{name}/publications', { params: { path: { name } } }))
/** Periods of all registers in sight that wait for their publication, the earliest due first. */
export const outstanding = async (): Promise<Outstanding[]> => (await ask(client.GET('/api/v1/registers/publications'))).items
export const publish = (name: string, from: string): Promise<unknown> =>
  ask(client.POST('/api/v1/registers/{name}/publications', { params: { path: { name } }, body: { from } }))

// ---- places
export const registerMap = (name: string, query: QueryOf<'get_map'>): Promise<RecordCollection> =>
  ask(client.GET('/api/v1/registers/{name}/map', { params: { path: { name }, query: given(query) } })) as Promise<unknown> as Promise<RecordCollection>
export const tilesAt = (name: string): string => fileAt(name, 'tiles/{z}/{x}/{y}')

// ---- the plan's systems
export const systems = (): Promise<SystemList> => ask(client.GET('/api/v1/systems'))
export const testPlace = (geometry: GeoJSON.Geometry): Promise<ZoneReport> =>
  ask(client.POST('/api/v1/zones/test', { body: { geometry: geometry as unknown as Record<string, never> } }))
export const importLayer = (name: string, file: File, dry: boolean, more: Record<string, string>, progress: (share: number) => void): Promise<LayerReport> =>
  upload(`/api/v1/zones/import?${new URLSearchParams({ register: name, dry_run: String(dry), ...more })}`, file, progress)
export const chains = async (): Promise<ChainInfo[]> => (await ask(client.GET('/api/v1/chains'))).items
export const chain = (name: string, query: QueryOf<'get_chain'>): Promise<ChainWalk> =>
  ask(client.GET('/api/v1/chains/{name}', { params: { path: { name }, query: given(query) } }))

// ---- what anybody may see
export const publicRegisters = async (): Promise<PublicRegister[]> => (await ask(client.GET('/api/v1/public/registers'))).items
export const publicRegister = (name: string, query: QueryOf<'get_public_register'>): Promise<PublicRecords> =>
  ask(client.GET('/api/v1/public/registers/{name}', { params: { path: { name }, query: given(query) } }))

// ---- one source, one file
export const sources = (query: QueryOf<'list_sources'>): Promise<SourceList> => ask(client.GET('/api/v1/sources', { params: { query: given(query) } }))
export const source = (id: string): Promise<SourceView> => ask(client.GET('/api/v1/sources/{id}', { params: { path: { id } } }))
export const sourceReviews = (query: QueryOf<'list_reviews'>): Promise<Page<Proposal>> =>
  ask(client.GET('/api/v1/sources/reviews', { params: { query: given(query) } }))
export const judgeSource = (body: { source: string; register: string; id: string; same: boolean; reason?: string }): Promise<unknown> =>
  ask(client.POST('/api/v1/sources/reviews', { body }))
