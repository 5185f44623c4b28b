import type { ActBody, ActOption } from '@/api/types-procedure';
import { fieldsOf, fillRecord, toRecord, type Draft, type FormField } from '@/core/schema-form';

import { actFields } from './act-fields';
import type { Evidence } from './use-evidence';

/** Everything that is typed or uploaded before an act is done; it is kept as a draft. */
export interface ActDraft {
  record: Draft;
  words: Draft;
  evidence: Evidence[];
}

export interface ActForm {
  record: FormField[];
  words: FormField[];
}

export function actForm(option: ActOption, stepTitles: Record<string, string>): ActForm {
  return {
    record: option.record_schema ? fieldsOf(option.record_schema) : [],
    words: actFields(option, stepTitles),
  };
}

/** What the server knows already stands in the record; `start` is what the page knows. */
export function emptyAct(form: ActForm, option: ActOption, start: Draft = {}): ActDraft {
  // One possible target needs no choice.
  const only = option.to?.length === 1 ? option.to[0] : '';
  return { record: fillRecord(form.record, start), words: fillRecord(form.words, { to: only }), evidence: [] };
}

/** The body of the act. A return or a waiver whose record was left empty carries none. */
export function actBody(option: ActOption, form: ActForm, draft: ActDraft): ActBody {
  const record = toRecord(form.record, draft.record);
  const bare = option.outcome !== 'done' && isEmpty(record);
  return {
    step: option.step,
    outcome: option.outcome,
    ...toRecord(form.words, draft.words),
    ...(form.record.length > 0 && !bare ? { record } : {}),
    ...(draft.evidence.length > 0 ? { evidence: draft.evidence.map(({ id, kind }) => ({ id, kind })) } : {}),
  };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === '';
}
