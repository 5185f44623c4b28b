import { describe, expect, it } from 'vitest';

import type { LogState } from '@/api/types-audit';

import { chain, dayBounds, standing } from './audit-fields';

const NOW = '2026-11-29T14:00:00Z';
const STATE: LogState = {
  seals: 2, sealed: 12, unsealed: 1, waiting_since: '2026-11-29T13:58:00Z', sealed_every_minutes: 5, head: null, fingerprint: 'aa',
  check: { at: '2026-11-29T01:00:00Z', first: 1, last: 2, events: 12, seconds: 1, findings: [] },
  days: [{ day: '2026-11-28', events: 4 }, { day: '2026-11-29', events: 16 }],
};

describe('the log', () => {
  it('takes days of the county from their first to their last moment', () => {
    expect(dayBounds('2026-11-29', '2026-11-29')).toEqual({ since: '2026-11-28T16:00:00.000Z', until: '2026-11-29T16:00:00.000Z' });
    expect(dayBounds(undefined, undefined)).toEqual({});
  });

  it('is a chain without gaps that ends today', () => {
    const links = chain(STATE, NOW, 4);
    expect(links.map((link) => link.day)).toEqual(['2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29']);
    expect(links.map((link) => link.share)).toEqual([0, 0, 0.5, 1]);
  });

  it('says plainly how it stands', () => {
    expect(standing(STATE, NOW)).toBe('good');
    expect(standing({ ...STATE, check: { ...STATE.check!, findings: ['x'] } }, NOW)).toBe('bad');
    expect(standing({ ...STATE, check: null }, NOW)).toBe('never');
    expect(standing({ ...STATE, check: { ...STATE.check!, at: '2026-11-20T01:00:00Z' } }, NOW)).toBe('unchecked');
    expect(standing({ ...STATE, waiting_since: '2026-11-25T00:00:00Z' }, NOW)).toBe('waiting');
  });
});
