import { describe, expect, it } from 'vitest';

import { limitWords } from './limit-words';

const NOW = '2026-11-20T02:00:00Z';

describe('limitWords', () => {
  it('calls nothing late on its last day, up to the last second of it', () => {
    expect(limitWords(NOW, '2026-11-20T15:59:59Z')).toEqual({ key: 'home.due_today', count: 0 });
    expect(limitWords('2026-11-20T15:59:58Z', '2026-11-20T15:59:59Z').key).toBe('home.due_today');
  });

  it('counts whole days of Asia/Shanghai before and after', () => {
    expect(limitWords(NOW, '2026-11-21T15:59:59Z')).toEqual({ key: 'home.days_left', count: 1 });
    expect(limitWords('2026-11-20T16:00:00Z', '2026-11-20T15:59:59Z')).toEqual({ key: 'home.days_late', count: 1 });
  });
});
