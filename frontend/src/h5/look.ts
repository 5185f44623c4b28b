import { ref } from 'vue';

/** Elder mode (长辈版) and the size of text; `public/look.js` sets both before the first paint. */
export const SIZES = ['normal', 'large', 'largest'] as const;
export type Size = (typeof SIZES)[number];

const ELDER_KEY = 'guanbiao:elder';
const SIZE_KEY = 'guanbiao:text';
const root = document.documentElement;

function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export const elder = ref(root.classList.contains('elder'));
export const size = ref<Size>(SIZES.find((one) => root.dataset.text === one) ?? 'normal');

export function useElder(on: boolean): void {
  elder.value = on;
  root.classList.toggle('elder', on);
  remember(ELDER_KEY, on ? '1' : null);
}

export function useSize(next: Size): void {
  size.value = next;
  if (next === 'normal') delete root.dataset.text;
  else root.dataset.text = next;
  remember(SIZE_KEY, next === 'normal' ? null : next);
}
