/** The shapes of the HTTP contract that pages and modules speak about. */

export interface Ref {
  id: string;
  name: string;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token: string;
}

export interface Me {
  id: string;
  username: string;
  name: string;
  organization: Ref | null;
  roles: { role: string; organization: Ref | null }[];
  permissions: string[];
  language: string;
  now: string;
  demo: boolean;
}

export type Light = 'green' | 'yellow' | 'red' | 'grey';

export interface Task {
  kind: string;
  id: string;
  number: string;
  title: string;
  step: string;
  step_title: string;
  since: string;
  due_at: string | null;
  light: Light;
  organization: Ref;
}

export interface Organization {
  id: string;
  county_id: string;
  parent_id: string | null;
  path: string;
  name: string;
  short_name: string | null;
  kind: string;
  region_code: string | null;
  credit_code: string | null;
  founded_on: string | null;
  term_starts_on: string | null;
  term_ends_on: string | null;
  valid_from: string | null;
  valid_to: string | null;
  status: 'active' | 'merged' | 'dissolved';
  member_count: number;
  child_count: number;
  version: number;
  created_at: string;
  updated_at: string;
  ancestors?: { id: string; name: string; kind: string }[];
  names?: { name: string; valid_from: string | null; valid_to: string | null }[];
  can?: string[];
}

export interface Member {
  id: string;
  organization_id: string;
  organization_name: string;
  name: string;
  sex: 'male' | 'female';
  birth_date: string | null;
  ethnic_group: string | null;
  id_number: string | null;
  phone: string | null;
  education: string | null;
  native_place: string | null;
  joined_on: string | null;
  confirmed_on: string | null;
  status: string;
  category: string | null;
  is_mobile: boolean;
  remark: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  can?: string[];
}

export interface BranchStay {
  id?: string;
  organization_id: string;
  organization_name: string;
  from_on: string | null;
  to_on: string | null;
  reason: string | null;
}

export interface EventEntry {
  id: string;
  kind: string;
  at: string;
  actor: Ref | null;
  data: Record<string, unknown>;
  title: string;
}

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

export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
  sha256: string;
  created_at: string;
  kind?: string;
}

export interface FiveWOneH {
  what: string;
  why: string;
  when: { start_on: string; due_on: string };
  where: string;
  who: { owner: string; helpers: string[] };
  how_far: { measure: string; baseline: string; target: string; unit: string };
}
