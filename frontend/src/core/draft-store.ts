/** Drafts of forms in the browser's own storage, one per account and form. */

export interface StoredDraft<T> {
  savedAt: string;
  value: T;
}

const PREFIX = 'guanbiao:draft';
const KEPT_DAYS = 30;

export function draftKey(account: string, form: string): string {
  return `${PREFIX}:${account}:${form}`;
}

export function readDraft<T>(storage: Storage, key: string, now: Date): StoredDraft<T> | null {
  const raw = storage.getItem(key);
  if (raw === null) return null;
  try {
    const draft: StoredDraft<T> = JSON.parse(raw);
    const age = now.getTime() - new Date(draft.savedAt).getTime();
    if (age <= KEPT_DAYS * 86_400_000) return draft;
  } catch {
    // A draft that cannot be read helps nobody; it is dropped below.
  }
  storage.removeItem(key);
  return null;
}

/** Says whether it was kept: storage can be full or switched off, and then the person should know. */
export function writeDraft<T>(storage: Storage, key: string, value: T, now: Date): boolean {
  try {
    storage.setItem(key, JSON.stringify({ savedAt: now.toISOString(), value }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(storage: Storage, key: string): void {
  storage.removeItem(key);
}
