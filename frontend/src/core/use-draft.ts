import { onBeforeUnmount, ref, toRaw, watch, type Ref } from 'vue';

import { draftKey, dropDraft, readDraft, writeDraft } from './draft-store';

export interface DraftOptions<T> {
  account: string;
  form: string;
  value: Ref<T>;
  /** What is safe and useful to keep; personal identifiers are left out here. */
  keep?: (value: T) => T;
}

export interface DraftHandle {
  restoredAt: Ref<string | null>;
  savedAt: Ref<string | null>;
  discard: () => void;
  clear: () => void;
}

const PAUSE_MS = 400;

/** Keeps `value` while it is typed and brings it back when the page opens again. `clear` after it was sent. */
export function useDraft<T>(options: DraftOptions<T>): DraftHandle {
  const key = draftKey(options.account, options.form);
  const pristine = JSON.stringify(options.value.value);
  const restoredAt = ref<string | null>(null);
  const savedAt = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = pristine;

  const found = readDraft<T>(localStorage, key, new Date());
  if (found !== null && JSON.stringify(found.value) !== pristine) {
    options.value.value = found.value;
    restoredAt.value = found.savedAt;
    written = JSON.stringify(found.value);
  }

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    const raw = toRaw(options.value.value);
    const kept = options.keep ? options.keep(raw) : raw;
    const next = JSON.stringify(kept);
    if (next === written) return;
    written = next;
    if (next === pristine) dropDraft(localStorage, key);
    else if (writeDraft(localStorage, key, kept, new Date())) savedAt.value = new Date().toISOString();
  }

  function clear(): void {
    clearTimeout(timer);
    timer = undefined;
    written = JSON.stringify(options.value.value);
    dropDraft(localStorage, key);
    restoredAt.value = null;
    savedAt.value = null;
  }

  function discard(): void {
    const fresh: T = JSON.parse(pristine);
    options.value.value = fresh;
    clear();
    written = pristine;
  }

  const flush = (): void => {
    if (timer !== undefined) save();
  };
  watch(options.value, () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }, { deep: true });
  addEventListener('pagehide', flush);
  onBeforeUnmount(() => {
    flush();
    removeEventListener('pagehide', flush);
  });
  return { restoredAt, savedAt, discard, clear };
}
