import type { DecisionDraft } from '@/api/types-decision';
import { field } from '@/core/form-spec';
import { toRecord, type Draft, type FormField } from '@/core/schema-form';

import { SUBJECT_CLASSES } from './decision-fields';

const must = { required: true };

/** The six questions, in the order in which people ask them. */
export const QUESTIONS: FormField[] = [
  field({ name: 'what', kind: 'long_text', ...must }),
  field({ name: 'why', kind: 'long_text', ...must }),
  field({ name: 'when', kind: 'object', ...must, fields: [field({ name: 'start_on', kind: 'date', ...must }), field({ name: 'due_on', kind: 'date', ...must })] }),
  field({ name: 'where', kind: 'text', ...must, widget: 'wide' }),
  field({
    name: 'who', kind: 'object', ...must,
    fields: [field({ name: 'owner', kind: 'text', ...must }), field({ name: 'helpers', kind: 'list', item: field({ name: '', kind: 'text' }) })],
  }),
  field({
    name: 'how_far', kind: 'object', ...must,
    fields: [
      field({ name: 'measure', kind: 'text', ...must, widget: 'wide' }),
      field({ name: 'baseline', kind: 'text', ...must }),
      field({ name: 'target', kind: 'text', ...must }),
      field({ name: 'unit', kind: 'text', ...must }),
    ],
  }),
];

export const DECISION_FORM: FormField[] = [
  field({ name: 'title', kind: 'text', ...must, widget: 'wide' }),
  field({ name: 'organization_id', kind: 'text', ...must, widget: 'organization' }),
  field({ name: 'sponsor_unit_id', kind: 'text', ...must, widget: 'organization' }),
  field({ name: 'subject_class', kind: 'enum', ...must, choices: SUBJECT_CLASSES.map((value) => ({ value, label: {} })) }),
  field({ name: 'proposer', kind: 'text' }),
  field({ name: 'background', kind: 'long_text' }),
  field({ name: 'five_w_one_h', kind: 'object', ...must, fields: QUESTIONS }),
  field({ name: 'text', kind: 'object', ...must, fields: [field({ name: 'title', kind: 'text', ...must, widget: 'wide' }), field({ name: 'body', kind: 'long_text', ...must })] }),
];

/** What is sent: empty cells stay away, so that the server can say at which of the six something is lacking. */
export function decisionDraft(value: Draft): DecisionDraft {
  const record: unknown = toRecord(DECISION_FORM, value);
  return record as DecisionDraft;
}
