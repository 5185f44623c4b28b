import { ref, shallowRef, watch } from 'vue';

import { asRefusal } from '@/api/refusal';

import { ask } from './api';
import { token } from './sites';
import type { Place } from './types';

/** The place that the QR code names. Everything works without it; then the sender names the village. */
export const place = shallowRef<Place | null>(null);
export const unknown = ref(false);

declare global {
  interface Window {
    /** The answer for the scanned place, asked for by `public/look.js` before these files had come. */
    placeAhead?: Promise<Response>;
  }
}

async function placeOf(wanted: string): Promise<Place> {
  const ahead = window.placeAhead;
  delete window.placeAhead;
  const answer = ahead && location.pathname.includes(wanted) ? await ahead.catch(() => null) : null;
  return answer?.ok ? answer.json() : ask<Place>(`/public/places/${encodeURIComponent(wanted)}`);
}

async function read(): Promise<void> {
  const wanted = token.value;
  unknown.value = false;
  if (wanted === null) {
    place.value = null;
    return;
  }
  try {
    const found = await placeOf(wanted);
    if (token.value === wanted) place.value = found;
  } catch (thrown) {
    if (token.value === wanted) unknown.value = asRefusal(thrown).status === 404;
  }
}

/** Resolves when the first place is known, or cannot be. */
export function startPlace(): Promise<void> {
  const first = read();
  watch(token, () => void read());
  addEventListener('online', () => {
    if (place.value === null) void read();
  });
  return first;
}

export const findPlaces = (q: string): Promise<{ items: Place[] }> => ask(`/public/places?q=${encodeURIComponent(q)}`);
