import { expect, it } from 'vitest';

import { changesOf } from './event-change';

it('changes are told old against new, facts alone', () => {
  expect(changesOf({ title: { old: '路', new: '路面' }, step: 'pilot', note: null })).toEqual([
    { field: 'title', old: '路', new: '路面' },
    { field: 'step', old: null, new: 'pilot' },
  ]);
});
