import { describe, expect, it } from 'vitest';

import type { Webhook } from '@/api/types-partner';

import { deedsOf, feedWords, lagWords, minutesSince } from './partner-fields';

const webhook: Webhook = {
  id: 'w', client: { id: 'c', client_id: 'county-platform', name: '县一体化平台' }, organization: { id: 'o', name: '县委' }, url: 'https://hooks.platform.example/',
  resources: ['members'], types: [], state: 'active', confirmed_at: '2026-11-01T00:00:00Z', paused_at: null, reason: null, secrets: [],
  last_success_at: null, last_failure_at: null, last_failure: null, failing_since: null, waiting: 0, dead: 0, waiting_since: null, behind_since: null, created_at: '2026-11-01T00:00:00Z', version: 1,
};

describe('what may be done with a webhook', () => {
  it('is pausing, sending again, renewing and closing for whoever keeps clients', () => {
    expect(deedsOf(webhook, true, false)).toEqual(['pause', 'again', 'renew', 'close']);
  });

  it('is resuming while it is paused', () => {
    expect(deedsOf({ ...webhook, state: 'paused', paused_at: '2026-11-02T00:00:00Z' }, true, false)).toContain('resume');
  });

  it('is confirming alone for the security administrator, and only once', () => {
    expect(deedsOf({ ...webhook, state: 'unconfirmed', confirmed_at: null }, false, true)).toEqual(['confirm']);
    expect(deedsOf(webhook, false, true)).toEqual([]);
  });

  it('is nothing when it is closed', () => {
    expect(deedsOf({ ...webhook, state: 'closed' }, true, true)).toEqual([]);
  });
});

describe('how long something waits', () => {
  it('is told in whole minutes and never less than none', () => {
    expect(minutesSince('2026-11-30T10:00:00Z', Date.parse('2026-11-30T10:07:59Z'))).toBe(7);
    expect(minutesSince('2026-11-30T10:00:00Z', Date.parse('2026-11-30T09:59:00Z'))).toBe(0);
  });
});

describe('what a webhook has not been sent', () => {
  const now = Date.parse('2026-11-30T10:07:00Z');

  it('is nothing when no message waits and the log is read to its end', () => {
    expect(lagWords(webhook, now)).toEqual([{ key: 'partner.nothing_waits' }]);
  });

  it('is what happened while it is paused, beside its messages', () => {
    const paused: Webhook = { ...webhook, state: 'paused', waiting: 2, waiting_since: '2026-11-30T10:00:00Z', behind_since: '2026-11-30T10:05:00Z' };
    expect(lagWords(paused, now)).toEqual([{ key: 'partner.waits', count: 2, minutes: 7 }, { key: 'partner.behind_paused', minutes: 2 }]);
    expect(lagWords({ ...paused, state: 'active', waiting_since: null }, now)).toEqual([{ key: 'partner.behind', minutes: 2 }]);
  });
});

describe('how far a program has read the feed', () => {
  const now = Date.parse('2026-11-30T10:07:00Z');

  it('is said to be unknown for one that never came', () => {
    expect(feedWords(null, now)).toEqual({ key: 'partner.feed_never', late: false });
  });

  it('is up to date while what it has not read is younger than two minutes', () => {
    for (const since of [null, '2026-11-30T10:05:01Z'])
      expect(feedWords({ asked_at: '2026-11-30T10:06:00Z', behind_since: since }, now)).toEqual({ key: 'partner.feed_up_to_date', late: false });
  });

  it('is behind from then on', () => {
    expect(feedWords({ asked_at: '2026-11-30T10:00:00Z', behind_since: '2026-11-30T10:05:00Z' }, now)).toEqual({ key: 'partner.feed_behind', minutes: 2, late: true });
  });
});
