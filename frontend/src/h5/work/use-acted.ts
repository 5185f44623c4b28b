import { nextTick, shallowRef, type ShallowRef } from 'vue';

import { go } from '../router';
import { PLACES } from '../sites';

/** What was done with a matter that is no longer in sight; the list of what awaits says it once. */
export const leftWith = shallowRef<string | null>(null);

export interface Acted {
  /** What was done on this page, for whoever looks and for the screen reader, which reads what takes the keyboard. */
  said: ShallowRef<string | null>;
  whenActed: (message: string, gone: boolean) => void;
}

export function useActed(): Acted {
  const said = shallowRef<string | null>(null);

  async function tell(message: string, gone: boolean): Promise<void> {
    if (gone) {
      leftWith.value = message;
      return go(PLACES.work, { replace: true });
    }
    said.value = message;
    scrollTo(0, 0);
    // The form with the keyboard in it is gone.
    await nextTick();
    document.querySelector<HTMLElement>('[data-testid="acted"]')?.focus();
  }

  return { said, whenActed: (message, gone) => void tell(message, gone) };
}
