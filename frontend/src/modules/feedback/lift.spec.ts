import { describe, expect, it } from 'vitest';

import { emptyRecord, toRecord } from '@/core/schema-form';

import { liftForm } from './feedback-fields';

describe('taking back whom a note was matched with', () => {
  const one = { id: 'a', name: '解小满' };

  it('offers the names, in both languages as they are', () => {
    const [ids] = liftForm([one, { id: 'b', name: '东沟村' }]);
    expect(ids?.choices.map(({ value, label }) => [value, label['zh-CN'], label.en])).toEqual([['a', '解小满', '解小满'], ['b', '东沟村', '东沟村']]);
  });

  it('has a single name ticked, and of several none', () => {
    expect(toRecord(liftForm([one]), emptyRecord(liftForm([one]))).ids).toEqual(['a']);
    const several = liftForm([one, { id: 'b', name: '东沟村' }]);
    expect(toRecord(several, emptyRecord(several)).ids ?? []).toEqual([]);
  });

  it('asks for a reason', () => {
    expect(liftForm([one]).find(({ name }) => name === 'reason')?.required).toBe(true);
  });
});
