import { beforeEach, describe, expect, it } from 'vitest';

import { MOST_VIEWS, readHabits, sameFilter, withView, writeHabits } from './saved-views';

const view = (name: string, filter = {}): { name: string; filter: Record<string, string>; columns: string[] } => ({ name, filter, columns: [] });

describe('saved views', () => {
  beforeEach(() => localStorage.clear());

  it('belong to one account and one list', () => {
    writeHabits(localStorage, 'a', 'rectification', { views: [view('本周到期')], columns: ['light'] });
    expect(readHabits(localStorage, 'a', 'rectification').views.map((one) => one.name)).toEqual(['本周到期']);
    expect(readHabits(localStorage, 'b', 'rectification').views).toEqual([]);
    expect(readHabits(localStorage, 'a', 'feedback').columns).toEqual([]);
  });

  it('are forgotten rather than break the list when they cannot be read', () => {
    localStorage.setItem('guanbiao:views:a:rectification', '{half');
    expect(readHabits(localStorage, 'a', 'rectification')).toEqual({ views: [], columns: [] });
  });

  it('keep their place when saved again, and are not endless', () => {
    const views = withView([view('一'), view('二')], view('一', { light: 'red' }));
    expect(views.map((one) => one.name)).toEqual(['一', '二']);
    expect(views[0]?.filter).toEqual({ light: 'red' });
    const many = Array.from({ length: MOST_VIEWS + 5 }, (_, at) => view(String(at))).reduce(withView, [] as ReturnType<typeof view>[]);
    expect(many).toHaveLength(MOST_VIEWS);
  });
});

it('conditions are the same whatever their order', () => {
  expect(sameFilter({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
  expect(sameFilter({ a: '1' }, { a: '1', b: '2' })).toBe(false);
});
