import { newId } from '../outbox/outbox';
import type { Photo } from '../outbox/store';
import { isId } from '../sites';
import type { CardBody, Category, Wish } from '../types';

/** Who a card is about, as the page asks it. */
export const ABOUTS = ['nobody', 'place', 'other'] as const;
export type About = (typeof ABOUTS)[number];

/** Where the unfinished card lies. */
export const DRAFT_KEY = 'feedback';

export interface CardDraft {
  id: string;
  category: Category | null;
  content: string;
  photos: Photo[];
  wish: Wish;
  about: About;
  aboutNote: string;
  name: string;
  phone: string;
}

export function blankCard(): CardDraft {
  return { id: newId(), category: null, content: '', photos: [], wish: 'action', about: 'nobody', aboutNote: '', name: '', phone: '' };
}

export function worthKeeping(draft: CardDraft): boolean {
  return draft.category !== null || draft.content.trim() !== '' || draft.photos.length > 0;
}

/** Whether the words hold a mobile number, however it is spaced: everybody who handles the card would read it. */
export function saysPhone(content: string): boolean {
  return /(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)/.test(content.normalize('NFKC'));
}

export interface From {
  /** Word of a QR code, or id of a place chosen from the list. */
  token: string | null;
  placeId: string | null;
}

/**
 * What is sent. Empty fields are not; a note about somebody only when somebody was chosen. Without network the phone may
 * not know what the code stands for: that the card is about this very place is said without naming it.
 */
export function cardBody(draft: CardDraft, from: From): CardBody {
  const chosen = from.token !== null && isId(from.token);
  const phone = draft.phone.trim();
  return {
    submission_id: draft.id,
    place_token: chosen ? null : from.token,
    organization_id: chosen ? from.token : null,
    channel: chosen ? 'phone_page' : 'qr',
    category: draft.category ?? 'other',
    wish: draft.wish,
    content: draft.content.trim(),
    about: draft.about === 'place' ? { organization_id: from.placeId } : null,
    about_note: draft.about === 'nobody' ? '' : draft.aboutNote.trim(),
    contact: phone ? { name: draft.name.trim(), phone } : null,
  };
}

/** A card that was not taken, to be written again: under the same id, because nothing was taken under it. */
export function draftFrom(body: CardBody, photos: Photo[]): CardDraft {
  const about = body.about ? 'place' : body.about_note ? 'other' : 'nobody';
  return {
    ...blankCard(),
    id: body.submission_id, category: body.category, content: body.content, photos, wish: body.wish, about,
    aboutNote: body.about_note, name: body.contact?.name ?? '', phone: body.contact?.phone ?? '',
  };
}
