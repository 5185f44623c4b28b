import { ref } from 'vue';

/** What the polite live region says; screen readers hear changes of it. */
export const spoken = ref('');

let turn = 0;

export function announce(message: string): void {
  // The same sentence twice must be heard twice: a no-break space makes it differ.
  turn += 1;
  spoken.value = turn % 2 === 0 ? message : `${message}\u00a0`;
}
