import type { ActOption, DecisionRow } from '@/api/types-decision';
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

/** Why this person is not the one to do it; neither time nor filling in the form changes that. */
export function notMine(option: ActOption): ActOption['missing'] {
  return option.missing.filter((need) => need.code === 'role_not_allowed' || need.code === 'party_barred');
}

/** What filling in the form cannot help: the wrong person, the wrong time, something lacking elsewhere. */
export function blockers(option: ActOption): ActOption['missing'] {
  return option.missing.filter((need) => !FORM_PARTS.some((part) => (need.pointer ?? '').startsWith(part)));
}

function among(values: readonly string[]): FormField['choices'] {
  return values.map((value) => ({ value, label: {} }));
}

export const OPINION_FORM: FormField[] = [
  field({ name: 'channel', kind: 'enum', required: true, choices: among(OPINION_CHANNELS) }),
  field({ name: 'from_kind', kind: 'enum', required: true, choices: among(OPINION_SOURCES) }),
  field({ name: 'from_name', kind: 'text' }),
  field({ name: 'content', kind: 'long_text', required: true }),
];

export const ANSWER_FORM: FormField[] = [
  field({ name: 'outcome', kind: 'enum', required: true, choices: among(OPINION_OUTCOMES) }),
  field({ name: 'reason', kind: 'long_text', required: true }),
];

export const AMEND_FORM: FormField[] = [
  field({
    name: 'text', kind: 'object', required: true,
    fields: [field({ name: 'title', kind: 'text', required: true, maxLength: 200 }), field({ name: 'body', kind: 'long_text', required: true })],
  }),
  field({ name: 'material', kind: 'boolean', required: true }),
];
