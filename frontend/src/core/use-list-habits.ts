import { computed, ref, type ComputedRef } from 'vue';

import { readHabits, sameFilter, withView, writeHabits, type SavedView } from './saved-views';
import { useSession } from './session-store';

export interface ListHabitsHandle {
  views: ComputedRef<SavedView[]>;
  columns: ComputedRef<string[]>;
  choose: (columns: string[]) => void;
  save: (name: string, filter: Record<string, string>) => boolean;
  remove: (name: string) => void;
  find: (filter: Record<string, string>) => SavedView | undefined;
}

/** What the signed-in person has made of a list: named views and chosen columns. `standard` are the list's own columns. */
export function useListHabits(list: string, standard: readonly string[]): ListHabitsHandle {
  const account = useSession().me?.id ?? '';
  const habits = ref(readHabits(localStorage, account, list));
  const columns = computed(() => (habits.value.columns.length > 0 ? habits.value.columns : [...standard]));

  function put(next: typeof habits.value): boolean {
    habits.value = next;
    return writeHabits(localStorage, account, list, next);
  }

  return {
    views: computed(() => habits.value.views),
    columns,
    choose: (chosen) => void put({ ...habits.value, columns: chosen }),
    save: (name, filter) => put({ ...habits.value, views: withView(habits.value.views, { name, filter, columns: columns.value }) }),
    remove: (name) => void put({ ...habits.value, views: habits.value.views.filter((one) => one.name !== name) }),
    find: (filter) => habits.value.views.find((one) => sameFilter(one.filter, filter)),
  };
}
