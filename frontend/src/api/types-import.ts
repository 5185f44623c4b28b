import type { components } from './schema';

type Schemas = components['schemas'];

export type Ledger = 'organization' | 'member' | 'rectification';
export type ImportRun = Schemas['ImportOut'];
export type ImportPreviewRow = Schemas['PreviewRow'];
export type ImportPreview = Schemas['PreviewPage'];
