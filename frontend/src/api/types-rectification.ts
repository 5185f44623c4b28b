import type { components } from './schema';

type Schemas = components['schemas'];

export type RectificationRow = Schemas['RectificationRow'];
export type Rectification = Schemas['RectificationOut'];
export type NewRectification = Schemas['RectificationIn'];
export type Relook = Schemas['RelookOut'];
export type RelookAnswer = Schemas['RelookIn'];
export type Assignment = Schemas['AssignmentsIn'];
/** What became of one item: `refusal` says why it was not assigned. */
export type AssignmentAnswer = Schemas['AssignedOut'];
export type RectificationChange = Schemas['RectificationChange'];
