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
