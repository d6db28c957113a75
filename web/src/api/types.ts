// Short names for the shapes of the contract. All come from the generated `schema.d.ts`; none is written by hand.

import type { components as definitions } from './definition'
import type { components, operations } from './schema'

type S = components['schemas']

export type Bilingual = S['Bilingual']
export type Session = S['SessionView']
export type Role = S['Role']
export type Profile = S['ProfileView']
export type Overview = S['Overview']
export type Figure = S['Figure']
export type SubjectRow = S['SubjectRow']
export type SubjectDetail = S['SubjectDetail']
export type SubjectKind = S['SubjectKind']
export type SubjectState = S['SubjectState']
export type LatestValue = S['LatestValue']
export type Alarm = S['AlarmView']
export type AlarmDetail = S['AlarmDetail']
export type AlarmKind = S['AlarmKind']
export type AlarmState = S['AlarmState']
export type CloseReason = S['CloseReason']
export type Device = S['DeviceView']
export type DeviceState = S['DeviceState']
export type Frame = S['FrameView']
export type Series = S['SeriesView']
export type Observations = S['ObservationsView']
export type Grain = S['Grain']
export type Judgement = S['JudgementDoc']
export type JudgementRow = S['JudgementRow']
export type JudgementView = S['JudgementView']
export type LayerInfo = S['LayerInfo']
export type Layer = S['Layer']
export type PointCollection = S['PointCollection']
export type PointProperties = S['PointProperties']
export type Topic = S['TopicView']
export type StandardsTable = S['TableView']
export type User = S['UserView']
export type Token = S['TokenView']
export type AuditRow = S['AuditRow']
export type AuditVerification = S['AuditVerification']
export type SystemView = S['SystemView']
export type Health = S['Health']
export type AirStation = S['AirStation']
export type WaterSection = S['WaterSection']
export type PublicAir = S['PublicAir']
export type PublicWater = S['PublicWater']
export type AirBands = S['AirBands']
export type Problem = S['Problem']

/** One page of a list. */
export interface Page<T> {
  items: T[]
  total: number
  page: number
  page_size: number
}

/** The filters a list takes, by its operation. */
export type QueryOf<Op extends keyof operations> = NonNullable<operations[Op]['parameters']['query']>

// ---- registers: shapes of the definition are those of its published schema
type D = definitions['schemas']
export type Definition = D['Definition']
export type Field = D['Field']
export type FieldType = D['FieldType']
export type Transition = D['Transition']

type Free<T, K extends keyof T> = Omit<T, K> & { [P in K]: Body }
/** Values by field name: what they may be is said by the definition, not by the contract. */
export type Body = Record<string, unknown>
export type RegisterInfo = S['RegisterInfo']
export type RegisterView = Omit<S['RegisterView'], 'definition'> & { definition: Definition }
export type TallyFigure = S['FigureView']
export type RegisterFigure = S['RegisterFigure']
export type Code = S['CodeView']
export type RecordRow = Free<S['RecordRow'], 'body'>
export type RecordView = Free<S['RecordView'], 'body'>
export type RecordLink = S['LinkView']
export type Offered = S['OfferView']
export type Finding = S['FindingView']
export type HistoryEntry = S['HistoryItem']
export type Linked = S['LinkedView']
export type LinkGraph = S['GraphView']
export type BulkAnswer = S['BulkView']
export type DeadlineRow = S['DueView']
export type Attachment = S['AttachmentView']
export type ImportView = S['ImportView']
export type DoublePair = S['DoubleView']
export type MergePlan = Free<S['MergePlanView'], 'settled'>
export type PublicationsView = S['PublicationList']
export type Outstanding = S['OutstandingView']
export type PublicRegister = S['PublicRegister']
export type PublicColumn = S['PublicColumn']
export type PublicRecords = Omit<S['PublicRecords'], 'items'> & { items: Free<S['PublicRecord'], 'body'>[] }
export type RecordCollection = Omit<S['RecordCollection'], 'features'> & { features: (Omit<S['RecordFeature'], 'geometry'> & { geometry: GeoJSON.Geometry })[] }
export type ZoneReport = S['ZoneReportView']
export type ZoneHit = S['ZoneHitView']
export type LayerReport = S['LayerReportView']
export type ChainInfo = S['ChainInfo']
export type ChainWalk = S['ChainView']
export type SourceRow = S['SourceRowView']
export type SourceList = S['SourceList']
export type SourceView = Free<S['SourceView'], 'body'>
export type Belonging = S['BelongingView']
export type Proposal = S['ProposalView']
export type SystemRow = S['SystemRow']
export type SystemList = S['SystemList']
export type ProofView = S['ProofView']
