import { onBeforeUnmount, ref, toRaw, watch, type Ref } from 'vue';

import { openStore } from './database';

export interface DraftHandle {
  /** True until what was written before has been looked for. */
  reading: Ref<boolean>;
  restored: Ref<boolean>;
  clear: () => Promise<void>;
  /** The draft has become a letter; what is typed after that is a new one. */
  stop: () => void;
}

const PAUSE_MS = 300;

/** Keeps `value` on the phone while it is written, pictures included, and brings it back. */
export function useDraft<T extends object>(key: string, value: Ref<T>, blank: () => T, worthKeeping: (value: T) => boolean): DraftHandle {
  const reading = ref(true);
  const restored = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  async function save(): Promise<void> {
    clearTimeout(timer);
    if (stopped || reading.value || !worthKeeping(value.value)) return;
    // Proxies cannot be stored; the parts may be proxies too.
    await (await openStore()).keepDraft(key, plain(value.value)).catch(() => undefined);
  }

  void openStore()
    .then((store) => store.draft<T>(key))
    .then((found) => {
      if (!found) return;
      value.value = { ...blank(), ...found };
      restored.value = worthKeeping(value.value);
    })
    .catch(() => undefined)
    .finally(() => {
      reading.value = false;
    });

  watch(value, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), PAUSE_MS);
  }, { deep: true });
  // Phones close pages without a word: the last moment that is told is when the page is hidden.
  const hidden = (): void => void save();
  document.addEventListener('visibilitychange', hidden);
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', hidden);
    void save();
  });

  async function clear(): Promise<void> {
    clearTimeout(timer);
    value.value = blank();
    restored.value = false;
    await (await openStore()).dropDraft(key);
  }

  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
  };
  return { reading, restored, clear, stop };
}

function plain<T>(value: T): T {
  const raw = toRaw(value);
  if (raw === null || typeof raw !== 'object' || raw instanceof ArrayBuffer) return raw;
  if (Array.isArray(raw)) return raw.map(plain) as T;
  return Object.fromEntries(Object.entries(raw).map(([name, part]) => [name, plain(part)])) as T;
}
