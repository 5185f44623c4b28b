import type { Page } from './types';

/** Imports as the contract describes them; the generated schema takes their place once the routes stand. */

export type Ledger = 'organization' | 'member';

export interface ImportRun {
  id: string;
  ledger: Ledger;
  file_name: string;
  state: 'checking' | 'checked' | 'committing' | 'committed' | 'failed' | 'undone';
  progress: { done: number; total: number };
  rows: { total: number; acceptable: number; refused: number; created: number; updated: number; unchanged: number };
  refused: { sheet: string; row: number; column: string | null; code: string; message: string }[];
  created_at: string;
  committed_at: string | null;
  undo_until: string | null;
  error: string | null;
}

export interface ImportPreviewRow {
  sheet: string;
  row: number;
  action: 'create' | 'update' | 'unchanged' | 'refused';
  cells: Record<string, string | null>;
  errors: Record<string, { code: string; message: string }>;
}

export interface ImportPreview extends Page<ImportPreviewRow> {
  columns: { key: string; title: string }[];
}
