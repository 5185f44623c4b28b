import type { ActOption, DecisionDraft } from '@/api/types-decision';
import type { DecisionRow } from '@/api/types-decision';
import type { Column } from '@/core/columns';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const STEP_KEYS = [
  'intention_solicitation', 'investigation', 'expert_consultation', 'opinion_solicitation', 'public_hearing', 'pilot',
  'legality_review', 'resolution', 'publication', 'execution', 'evaluation', 'closing',
] as const;

export const DECISION_STATUSES = ['running', 'adopted', 'rejected', 'executing', 'evaluated', 'closed', 'withdrawn'] as const;
export const SUBJECT_CLASSES = ['public_works', 'public_service', 'charges', 'land_resettlement', 'environment', 'rules', 'other'] as const;
export const OPINION_CHANNELS = ['meeting', 'household_visit', 'phone', 'letter', 'web', 'notice_board'] as const;
export const OPINION_SOURCES = ['resident', 'member', 'organization', 'expert', 'deputy'] as const;
export const OPINION_OUTCOMES = ['adopted', 'partly_adopted', 'not_adopted', 'merged'] as const;

export const DECISION_COLUMNS: Column<DecisionRow>[] = [
  { key: 'light', title: 'decision.field.light', width: '12%' },
  { key: 'number', title: 'decision.field.number', width: '14%', text: (row) => row.number, numeric: true },
  { key: 'title', title: 'decision.field.title', width: '28%' },
  { key: 'step', title: 'decision.field.step', width: '14%' },
  { key: 'holders', title: 'decision.field.holders', width: '16%' },
  { key: 'due_at', title: 'decision.field.due_at', width: '16%' },
];

export function emptyDecision(organizationId: string): DecisionDraft {
  return {
    organization_id: organizationId,
    title: '',
    subject_class: '',
    sponsor_unit_id: '',
    proposer: '',
    background: '',
    five_w_one_h: {
      what: '', why: '', when: { start_on: '', due_on: '' }, where: '', who: { owner: '', helpers: [] },
      how_far: { measure: '', baseline: '', target: '', unit: '' },
    },
    text: { title: '', body: '' },
  };
}

/** The pointers that the page of a new decision shows a place for. */
export const NEW_DECISION_POINTERS = [
  '/organization_id', '/title', '/subject_class', '/sponsor_unit_id', '/proposer', '/background',
  '/five_w_one_h/what', '/five_w_one_h/why', '/five_w_one_h/when/start_on', '/five_w_one_h/when/due_on', '/five_w_one_h/where',
  '/five_w_one_h/who/owner', '/five_w_one_h/who/helpers', '/five_w_one_h/how_far/measure', '/five_w_one_h/how_far/baseline',
  '/five_w_one_h/how_far/target', '/five_w_one_h/how_far/unit', '/text/title', '/text/body',
];

/** What an act asks for besides its record; texts are under `act.field.*`. What is required, the server's `missing` says. */
export function actFields(option: ActOption, stepTitles: Record<string, string>): FormField[] {
  if (option.outcome === 'done') return [];
  const asked = (name: string): boolean => option.missing.some((need) => need.pointer === `/${name}`);
  const reason = field({ name: 'reason', kind: 'long_text', required: asked('reason'), maxLength: 2000 });
  if (option.outcome === 'skipped') return [reason, field({ name: 'rule', kind: 'text', required: asked('rule'), maxLength: 400 })];
  if (option.outcome === 'returned') {
    const steps = (option.to ?? []).map((value) => ({ value, label: both(stepTitles[value] ?? value) }));
    return [field({ name: 'to', kind: 'enum', required: true, choices: steps }), reason];
  }
  return [reason];
}

function both(text: string): Record<string, string> {
  return { 'zh-CN': text, en: text };
}

const FORM_PARTS = ['/record', '/evidence', '/reason', '/rule', '/to'];

/** What filling in the form cannot help: the wrong person, the wrong time, something lacking elsewhere. */
export function blockers(option: ActOption): ActOption['missing'] {
  return option.missing.filter((need) => !FORM_PARTS.some((part) => (need.pointer ?? '').startsWith(part)));
}
