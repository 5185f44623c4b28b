/** Words that may come in one language or in several, in the language that is wanted. */
export function said(words: string | Record<string, string> | null | undefined, language: string): string {
  if (typeof words === 'string') return words;
  return words?.[language] ?? words?.['zh-CN'] ?? '';
}
