import { shallowRef } from 'vue';

/** Where the pages stand; `:name` is a part of the address. */
export const PLACES = {
  home: '/m',
  place: '/m/p/:token',
  feedback: '/m/feedback',
  receipt: '/m/receipt',
  track: '/m/track',
  news: '/m/news',
  opinions: '/m/opinions',
  decision: '/m/opinions/:id',
  honest: '/m/honest',
  privacy: '/m/privacy',
  work: '/m/work',
  work_notices: '/m/work/notices',
  work_record: '/m/work/record',
  work_security: '/m/work/security',
  work_item: '/m/work/rectification/:id',
  work_card: '/m/work/feedback/:id',
} as const;

/** The random word of the QR code, or the id of a place. It names no person, and stays in the address: reload and back keep it. */
export const token = shallowRef<string | null>(null);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the place was chosen from the list, and not scanned. */
export const isId = (word: string): boolean => UUID.test(word);

function fromAddress(): string | null {
  const inPath = /^\/m\/p\/([^/]+)/.exec(location.pathname)?.[1];
  return inPath ? decodeURIComponent(inPath) : new URLSearchParams(location.search).get('t');
}

export function readToken(): void {
  token.value = fromAddress() ?? token.value;
}

export function useToken(next: string): void {
  token.value = next;
  const address = new URL(location.href);
  address.searchParams.set('t', next);
  history.replaceState(null, '', address.pathname.startsWith('/m/p/') ? `${PLACES.home}/?t=${encodeURIComponent(next)}` : address);
}

/** The address of a page, with the place it is about. */
export function site(name: 'home' | 'feedback' | 'receipt' | 'track' | 'news' | 'opinions' | 'honest' | 'privacy', id?: string): string {
  const path = `${PLACES[name]}${name === 'home' ? '/' : ''}${id ? `/${encodeURIComponent(id)}` : ''}`;
  return token.value ? `${path}?t=${encodeURIComponent(token.value)}` : path;
}
