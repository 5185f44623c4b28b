import type { ActOption } from '@/api/types-procedure';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

/** What an act asks for besides its record; texts are under `act.field.*`. What is required, the server's `missing` says. */
export function actFields(option: ActOption, stepTitles: Record<string, string>): FormField[] {
  const asked = (name: string): boolean => option.missing.some((need) => need.pointer === `/${name}`);
  const reason = field({ name: 'reason', kind: 'long_text', required: asked('reason'), maxLength: 2000 });
  if (option.outcome === 'done' || option.outcome === 'noted') return asked('reason') ? [reason] : [];
  if (option.outcome === 'skipped' || asked('rule')) return [reason, field({ name: 'rule', kind: 'text', required: asked('rule'), maxLength: 400 })];
  if (option.outcome !== 'returned') return [reason];
  const steps = (option.to ?? []).map((value) => ({ value, label: both(stepTitles[value] ?? value) }));
  return [field({ name: 'to', kind: 'enum', required: true, choices: steps }), reason];
}

function both(text: string): Record<string, string> {
  return { 'zh-CN': text, en: text };
}

const FORM_PARTS = ['/record', '/evidence', '/reason', '/rule', '/to'];
const OTHER_PEOPLE = ['role_not_allowed', 'party_barred', 'party_only', 'same_person_as_step'];

/** Why this person is not the one to do it; neither time nor filling in the form changes that. */
export function notMine(option: ActOption): ActOption['missing'] {
  return option.missing.filter((need) => OTHER_PEOPLE.includes(need.code));
}

/** What filling in the form cannot help: the wrong person, the wrong time, something lacking elsewhere. */
export function blockers(option: ActOption): ActOption['missing'] {
  return option.missing.filter((need) => !FORM_PARTS.some((part) => (need.pointer ?? '').startsWith(part)));
}
