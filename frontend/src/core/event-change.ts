/** One line of what an event changed; values as text, '' for nothing. */
export interface Change {
  field: string;
  old: string | null;
  new: string;
}

function said(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function isChange(value: unknown): value is { old?: unknown; new?: unknown } {
  return typeof value === 'object' && value !== null && ('old' in value || 'new' in value);
}

/** Reads an event's data: `{field: {old, new}}` are changes, anything else is a fact (old is null). */
export function changesOf(data: Record<string, unknown>): Change[] {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== '')
    .map(([field, value]) =>
      isChange(value) ? { field, old: said(value.old), new: said(value.new) } : { field, old: null, new: said(value) });
}
