import { expect, it } from 'vitest';

import { day, daysBetween, isoDay, shortDay, shortHash } from './format';

it('a moment is on the day that it has in Shanghai', () => {
  expect(isoDay('2026-11-19T16:30:00Z')).toBe('2026-11-20');
  expect(day('2026-11-19T16:30:00Z', 'zh-CN')).toBe('2026年11月20日');
  expect(shortDay('2026-11-19T15:59:00Z')).toBe('2026-11-19');
});

it('a bare day stays that day', () => {
  expect(shortDay('2026-07-01')).toBe('2026-07-01');
});

it('days are counted by the calendar, not by hours', () => {
  expect(daysBetween('2026-11-19T15:59:00Z', '2026-11-19T16:01:00Z')).toBe(1);
  expect(daysBetween('2026-11-20T02:00:00Z', '2026-11-15T02:00:00Z')).toBe(-5);
});

it('nothing is said for nothing', () => {
  expect([day(null, 'en'), shortDay(undefined), shortHash(null)]).toEqual(['', '', '']);
});
