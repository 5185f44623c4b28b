import { describe, expect, it } from 'vitest';

import { blankCard, cardBody, draftFrom, saysPhone, worthKeeping } from './card-draft';

const VILLAGE = '01900000-0000-7000-8000-000000000001';
const written = { ...blankCard(), category: 'lamps' as const, content: '  路灯坏了 ' };

describe('a card', () => {
  it('notices a mobile number among the words, and takes nothing else for one', () => {
    for (const words of ['打13812345678找我', '１３８ １２３４ ５６７８', '138-1234-5678']) expect(saysPhone(words)).toBe(true);
    for (const words of ['7月2日修路花了13812345元', '热线0999-1234567', '']) expect(saysPhone(words)).toBe(false);
  });

  it('names the place by the word of the code, or by the id that was chosen', () => {
    const scanned = cardBody(written, { token: 'k3hD0s', placeId: VILLAGE });
    expect([scanned.place_token, scanned.organization_id, scanned.channel]).toEqual(['k3hD0s', null, 'qr']);
    const chosen = cardBody(written, { token: VILLAGE, placeId: VILLAGE });
    expect([chosen.place_token, chosen.organization_id, chosen.channel]).toEqual([null, VILLAGE, 'phone_page']);
  });

  it('says nothing that was not said', () => {
    const sent = cardBody({ ...written, aboutNote: '先写了又改主意', name: '老赵' }, { token: 't', placeId: VILLAGE });
    expect([sent.content, sent.about, sent.about_note, sent.contact]).toEqual(['路灯坏了', null, '', null]);
  });

  it('tells about whom it is, so that they neither see nor handle it', () => {
    const sent = cardBody({ ...written, about: 'place', aboutNote: '会计' }, { token: 't', placeId: VILLAGE });
    expect([sent.about, sent.about_note]).toEqual([{ organization_id: VILLAGE }, '会计']);
  });

  it('is about the place of the code also where the phone does not know which one that is', () => {
    const sent = cardBody({ ...written, about: 'place' }, { token: 'k3hD0s', placeId: null });
    expect([sent.about, sent.place_token]).toEqual([{ organization_id: null }, 'k3hD0s']);
    expect(draftFrom(sent, []).about).toBe('place');
  });

  it('comes back to be changed as it was written, under its id', () => {
    const draft = { ...written, content: '路灯坏了', about: 'place' as const, aboutNote: '会计', phone: '13800000000', name: '老赵' };
    expect(draftFrom(cardBody(draft, { token: 't', placeId: VILLAGE }), [])).toEqual(draft);
  });

  it('is kept as soon as anything was said', () => {
    expect([worthKeeping(blankCard()), worthKeeping(written)]).toEqual([false, true]);
    expect(blankCard().id).not.toBe(blankCard().id);
  });
});
