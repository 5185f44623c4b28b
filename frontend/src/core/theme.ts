import { ref } from 'vue';

export type Theme = 'light' | 'dark' | 'system';

const STORAGE_KEY = 'guanbiao:theme';
const wish = matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  const value = localStorage.getItem(STORAGE_KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export const theme = ref<Theme>(stored());

function apply(): void {
  const dark = theme.value === 'dark' || (theme.value === 'system' && wish.matches);
  document.documentElement.classList.toggle('dark', dark);
}

export function useTheme(next: Theme): void {
  theme.value = next;
  if (next === 'system') localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, next);
  apply();
}

wish.addEventListener('change', apply);
