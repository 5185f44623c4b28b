import { beforeEach, expect, it } from 'vitest';

import { draftKey, dropDraft, readDraft, writeDraft } from './draft-store';

const now = new Date('2026-11-20T02:00:00Z');
const key = draftKey('account', 'form');

beforeEach(() => localStorage.clear());

it('a draft comes back as it was written, with the time', () => {
  expect(writeDraft(localStorage, key, { what: '路面' }, now)).toBe(true);
  expect(readDraft(localStorage, key, now)).toEqual({ savedAt: now.toISOString(), value: { what: '路面' } });
});

it('another account does not see it', () => {
  writeDraft(localStorage, key, 'mine', now);
  expect(readDraft(localStorage, draftKey('other', 'form'), now)).toBeNull();
});

it('a draft that is older than a month, or broken, is dropped', () => {
  writeDraft(localStorage, key, 'old', now);
  expect(readDraft(localStorage, key, new Date('2026-12-25T02:00:00Z'))).toBeNull();
  expect(localStorage.getItem(key)).toBeNull();
  localStorage.setItem(key, '{');
  expect(readDraft(localStorage, key, now)).toBeNull();
  expect(localStorage.getItem(key)).toBeNull();
});

it('a full storage is said, not thrown', () => {
  const full = { setItem: () => { throw new DOMException('full', 'QuotaExceededError'); } } as unknown as Storage;
  expect(writeDraft(full, key, 'x', now)).toBe(false);
});

it('a dropped draft is gone', () => {
  writeDraft(localStorage, key, 'x', now);
  dropDraft(localStorage, key);
  expect(readDraft(localStorage, key, now)).toBeNull();
});
