import type { components } from './schema';

type Schemas = components['schemas'];

export type Decision = Schemas['DecisionOut'];
export type DecisionRow = Schemas['DecisionRow'];
export type DecisionStatus = Schemas['DecisionStatus'];
export type DecisionDraft = Schemas['DecisionIn'];
export type DecisionChange = Schemas['DecisionChange'];
export type FiveWOneH = Schemas['FiveWOneH'];
export type Opinion = Schemas['OpinionOut'];
export type NewOpinion = Schemas['OpinionIn'];
export type OpinionAnswer = Schemas['OpinionAnswer'];
