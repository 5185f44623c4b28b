import { ref, shallowRef } from 'vue';

import chinese from '@/locales/zh-CN/phone.json';

/**
 * Texts of the phone pages. Eighty lines of lookup do what these pages need, and weigh a thirtieth of vue-i18n; Chinese
 * comes with the first screen, everything else when it is wanted.
 */
export type Language = 'zh-CN' | 'en';
interface Texts { [key: string]: string | Texts }

const STORAGE_KEY = 'guanbiao:language';
const loaders: Record<string, (language: Language) => Promise<{ default: Texts }>> = {
  phone: (language) => (language === 'en' ? import('@/locales/en/phone.json') : Promise.resolve({ default: chinese })),
};

export const language = ref<Language>('zh-CN');
const texts = shallowRef<Texts>(chinese);

/** Another family of texts, such as those of the staff pages; call before the first page that uses it is drawn. */
export async function addTexts(name: string, load: (language: Language) => Promise<{ default: Texts }>): Promise<void> {
  if (loaders[name]) return;
  loaders[name] = load;
  const part = await load(language.value);
  texts.value = { ...texts.value, ...part.default };
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function preferredLanguage(): Language {
  return remembered() === 'en' ? 'en' : 'zh-CN';
}

export async function useLanguage(next: Language): Promise<void> {
  const parts = await Promise.all(Object.values(loaders).map((load) => load(next)));
  texts.value = Object.assign({}, ...parts.map((part) => part.default));
  language.value = next;
  document.documentElement.lang = next;
  try {
    if (next === 'en') localStorage.setItem(STORAGE_KEY, next);
    else localStorage.removeItem(STORAGE_KEY);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function find(key: string): string | null {
  let here: string | Texts | undefined = texts.value;
  for (const part of key.split('.')) here = typeof here === 'object' ? here[part] : undefined;
  return typeof here === 'string' ? here : null;
}

/** Whether there is a text for a key that was put together. */
export function has(key: string): boolean {
  return find(key) !== null;
}

/** The text of a key with its `{parameters}` filled in; the key itself shows what is lacking. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  return (find(key) ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
