import type { components } from './schema';

type Schemas = components['schemas'];

/** What goes through steps, whichever record system it belongs to. */

/** A JSON Schema (2020-12) as the server sends it; read by `core/schema-form.ts` alone. */
export type RecordSchema = Record<string, unknown>;

export type Run = Schemas['RunOut'];
export type RunStep = Schemas['StepOut'];
export type StepAct = Schemas['ActOut'];
export type ActOption = Schemas['OptionOut'];
export type Need = Schemas['Need'];
export type ActBody = Schemas['DecisionAct'];
export type ActCheck = Schemas['JudgedOut'];

/** A record under a procedure: all that the shared parts know of it. */
export interface Matter {
  id: string;
  version: number;
  procedure: Run;
  organization_id?: string;
  organization?: { id: string };
}

/** Words that come in the caller's language, or in all of them. */
export type Words = string | Record<string, string>;

export interface Period {
  days: number;
  unit: 'natural' | 'working';
}

/** The parts of a definition that the library draws; the contract leaves its rules open, because counties write their own. */
export interface ProcedureStepDefinition {
  key: string;
  title: Words;
  help: Words;
  roles: string[];
  record_schema?: RecordSchema | null;
  note?: RecordSchema | null;
  waits: Period[];
  due?: Period | null;
  evidence: { kind: string; title: Words; required?: boolean }[];
  countersign?: { count: number; roles: string[] } | null;
  waiver?: { asked_by: string[]; approved_by: string[] } | null;
  back_to: string[];
}

export interface ProcedureDefinition {
  key: string;
  version: number;
  title: Words;
  roles: Record<string, Words>;
  steps: ProcedureStepDefinition[];
}
