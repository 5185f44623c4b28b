import type { Attachment, FiveWOneH, Light, Ref } from './types';

/** A JSON Schema (2020-12) as the server sends it; read by `core/schema-form.ts` alone. */
export interface RecordSchema {
  [keyword: string]: unknown;
}

export type Outcome = 'done' | 'skipped' | 'returned' | 'withdrawn';
export type StepState = 'waiting' | 'open' | 'done' | 'skipped';

export interface Need {
  code: string;
  message: string;
  pointer?: string | null;
}

export interface EvidenceWanted {
  kind: string;
  title: string;
  required: boolean;
}

export interface ActOption {
  outcome: Outcome;
  step: string;
  to: string[] | null;
  title: string;
  allowed: boolean;
  missing: Need[];
  warnings: Need[];
  record_schema: RecordSchema | null;
  evidence: EvidenceWanted[];
}

export interface StepAct {
  id: string;
  outcome: Outcome;
  by: Ref;
  at: string;
  reason: string | null;
  record: Record<string, unknown> | null;
  evidence: Attachment[];
  to: string | null;
  text_sha256: string | null;
}

export interface RunStep {
  key: string;
  title: string;
  state: StepState;
  opened_at: string | null;
  closed_at: string | null;
  due_at: string | null;
  earliest_at: string | null;
  by?: string | Ref | null;
  acts: StepAct[];
}

export interface ProcedureRun {
  key: string;
  version: number;
  round: number;
  step: string | null;
  state: 'open' | 'closed' | 'ended' | 'withdrawn';
  opened_at: string | null;
  due_at: string | null;
  earliest_at: string | null;
  holders: Ref[];
  steps: RunStep[];
  options: ActOption[];
}

export interface DecisionText {
  version: number;
  sha256: string;
  title: string;
  body: string;
}

/** What a list row and a whole decision have in common. */
export interface DecisionRow {
  id: string;
  number: string;
  organization_id: string;
  organization_name: string;
  title: string;
  subject_class: string;
  status: string;
  sponsor_unit: Ref;
  version: number;
  created_at: string;
  updated_at: string;
  step?: string | null;
  step_title?: string | null;
  due_at?: string | null;
  light?: Light | null;
  holders?: Ref[];
  procedure?: Partial<ProcedureRun>;
}

export interface Decision extends DecisionRow {
  proposer: string | null;
  five_w_one_h: FiveWOneH;
  background: string | null;
  text: DecisionText;
  closed_at: string | null;
  procedure: ProcedureRun;
  can?: string[];
}

export interface DecisionDraft {
  organization_id: string;
  title: string;
  subject_class: string;
  sponsor_unit_id: string;
  proposer: string;
  background: string;
  five_w_one_h: FiveWOneH;
  text: { title: string; body: string };
}

export interface ActBody {
  step: string;
  outcome: Outcome;
  to?: string;
  reason?: string;
  rule?: string;
  record?: Record<string, unknown>;
  evidence?: { id: string; kind: string }[];
}

export interface ActCheck {
  allowed: boolean;
  problems: { pointer: string | null; code: string; message: string }[];
}

export interface Opinion {
  id: string;
  channel: string;
  content: string;
  from_kind: string;
  from_name: string | null;
  outcome: string | null;
  reason: string | null;
  created_at: string;
  version?: number;
}

/** Words that the server may send in the caller's language, or in all of them. */
export type Words = string | Record<string, string>;

export interface Period {
  days: number;
  unit: 'natural' | 'working';
  shortened_by?: string | null;
}

export interface ProcedureStepDefinition {
  key: string;
  title: Words;
  help?: Words;
  record_schema?: RecordSchema | null;
  roles: string[];
  waits?: Period[];
  due?: Period | null;
  evidence?: { kind: string; title: Words; required?: boolean }[];
  countersign?: { count: number; roles: string[] } | null;
  waiver?: { asked_by: string[]; approved_by: string[] } | null;
  back_to?: string[];
}

export interface ProcedureDefinition {
  key: string;
  version: number;
  title: Words;
  roles?: Record<string, Words>;
  steps: ProcedureStepDefinition[];
}
