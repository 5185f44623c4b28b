import type { FormField } from './schema-form';

type Part = Pick<FormField, 'name' | 'kind'> & Partial<FormField>;

/** A field of a form that the house draws itself, in the same model as those that a JSON Schema describes. */
export function field(part: Part): FormField {
  return {
    title: {}, help: null, required: false, choices: [], fields: [], item: null,
    minimum: null, maximum: null, maxLength: null, example: null, widget: null, initial: null, when: null, ...part,
  };
}
