import type { components } from './schema';

type Schemas = components['schemas'];

export type AuditedEvent = Schemas['AuditedEvent'];
export type EventKind = Schemas['KindOut'];
export type LogState = Schemas['LogState'];
export type SealNote = Schemas['SealNote'];
export type LogExport = Schemas['ExportIn'];
export type Proof = Schemas['ProofOut'];
