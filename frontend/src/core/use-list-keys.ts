import { onBeforeUnmount, onMounted, ref } from 'vue';

const STORAGE_KEY = 'guanbiao:single-keys';

/** Whether single letters do something. Who speaks to the machine, or hits keys by chance, switches them off. */
export const singleKeys = ref(localStorage.getItem(STORAGE_KEY) !== 'off');

export function useSingleKeys(on: boolean): void {
  singleKeys.value = on;
  if (on) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, 'off');
}

/** Single keys of a page. They sleep while somebody types, while a dialog is open, and with Ctrl, Alt or Meta held. */
export function useListKeys(awake: () => boolean, keys: Record<string, () => void>): void {
  function pressed(event: KeyboardEvent): void {
    const work = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (work === undefined || !singleKeys.value || !awake() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input, textarea, select, [contenteditable], [role="dialog"]')) return;
    // Enter on a button or a link is already that button's or link's own.
    if (event.key === 'Enter' && target?.closest('a, button')) return;
    event.preventDefault();
    work();
  }
  onMounted(() => document.addEventListener('keydown', pressed));
  onBeforeUnmount(() => document.removeEventListener('keydown', pressed));
}
