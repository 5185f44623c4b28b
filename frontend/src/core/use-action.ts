import { computed, ref, type ComputedRef, type Ref } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';

export interface Action<A extends unknown[], R> {
  busy: Ref<boolean>;
  refusal: Ref<Refusal | null>;
  refused: ComputedRef<boolean>;
  /** The answer, or undefined when it was refused; the refusal is then in `refusal`. */
  run: (...args: A) => Promise<R | undefined>;
  forget: () => void;
}

/** Something a person sets going: whether it is under way, and why it was refused. */
export function useAction<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const busy = ref(false);
  const refusal = ref<Refusal | null>(null);

  async function run(...args: A): Promise<R | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    refusal.value = null;
    try {
      return await work(...args);
    } catch (thrown) {
      refusal.value = asRefusal(thrown);
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  const forget = (): void => {
    refusal.value = null;
  };
  return { busy, refusal, refused: computed(() => refusal.value !== null), run, forget };
}
