import { describe, expect, it } from 'vitest';

import { changesOf, isForPeople, valueWord } from './event-change';

describe('what an event changed', () => {
  it('is told old against new, and facts alone', () => {
    expect(changesOf({ title: { old: '路', new: '路面' }, count: 3, note: null, evidence: [] })).toEqual([
      { field: 'title', isChange: true, old: '路', new: '路面' },
      { field: 'count', isChange: false, old: null, new: 3 },
    ]);
  });

  it('has facts within facts stand for themselves, and keeps ids and hashes from people', () => {
    const found = changesOf({ act: { step: 'pilot', result: null, text_sha256: 'a'.repeat(64) }, opinion_id: '2b1b36ac-930f-5640-b12e-3f63e257536f' });
    expect(found.map((one) => one.field)).toEqual(['step', 'text_sha256', 'opinion_id']);
    expect(found.filter(isForPeople).map((one) => one.field)).toEqual(['step']);
  });

  it('is said in words where there are any', () => {
    const words: Record<string, string> = { 'event_value.step.pilot': '试点试行', 'role.clerk': '经办人', 'events.yes': '是' };
    const said = (field: string, value: unknown): string => valueWord(field, value, 'zh-CN', (key) => words[key] ?? key, (key) => key in words);
    expect(said('step', 'pilot')).toBe('试点试行');
    expect(said('role', 'clerk')).toBe('经办人');
    expect(said('material', true)).toBe('是');
    expect(said('due_on', '2026-11-20')).toBe('2026年11月20日');
    expect(said('step', '别的')).toBe('别的');
    expect(said('step', null)).toBe('');
  });
});
