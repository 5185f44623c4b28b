import { createI18n } from 'vue-i18n';

export type Language = 'zh-CN' | 'en';
type Messages = Record<string, string | Record<string, string>>;

const STORAGE_KEY = 'guanbiao:language';
const chinese = import.meta.glob<Messages>(['../locales/zh-CN/*.json', '!**/phone*.json'], { import: 'default' });
const english = import.meta.glob<Messages>(['../locales/en/*.json', '!**/phone*.json'], { import: 'default' });

export const i18n = createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: false, messages: {} });

export function preferredLanguage(): Language {
  return localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'zh-CN';
}

export async function useLanguage(language: Language): Promise<void> {
  const files = Object.values(language === 'en' ? english : chinese);
  const parts = await Promise.all(files.map((load) => load()));
  i18n.global.setLocaleMessage(language, Object.assign({}, ...parts));
  i18n.global.locale.value = language;
  localStorage.setItem(STORAGE_KEY, language);
  document.documentElement.lang = language;
}
