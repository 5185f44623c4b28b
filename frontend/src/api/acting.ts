/**
 * Whose lent roles the requests of this tab use. None is asked for by itself: whoever stands in for somebody says so,
 * and everything done meanwhile says for whom.
 */
const STORAGE_KEY = 'guanbiao:for';
export const ON_BEHALF_OF = 'On-Behalf-Of';

export function actingFor(): string | null {
  return sessionStorage.getItem(STORAGE_KEY);
}

export function actFor(id: string | null): void {
  if (id === null) sessionStorage.removeItem(STORAGE_KEY);
  else sessionStorage.setItem(STORAGE_KEY, id);
}

export function nameAbsent(headers: Headers): void {
  const absent = actingFor();
  if (absent !== null) headers.set(ON_BEHALF_OF, absent);
}
