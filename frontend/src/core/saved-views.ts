/** Views of a list that a person has named: conditions and columns, kept in the browser for that account alone. */

export interface SavedView {
  name: string;
  filter: Record<string, string>;
  columns: string[];
}

export interface ListHabits {
  views: SavedView[];
  /** The columns last chosen; empty for those that the list comes with. */
  columns: string[];
}

const PREFIX = 'guanbiao:views';
export const MOST_VIEWS = 20;

function key(account: string, list: string): string {
  return `${PREFIX}:${account}:${list}`;
}

export function readHabits(storage: Storage, account: string, list: string): ListHabits {
  try {
    const kept: Partial<ListHabits> | null = JSON.parse(storage.getItem(key(account, list)) ?? 'null');
    return { views: kept?.views ?? [], columns: kept?.columns ?? [] };
  } catch {
    // What cannot be read is forgotten: a list without views is still a list.
    return { views: [], columns: [] };
  }
}

/** Says whether it was kept; storage can be full or switched off. */
export function writeHabits(storage: Storage, account: string, list: string, habits: ListHabits): boolean {
  try {
    storage.setItem(key(account, list), JSON.stringify(habits));
    return true;
  } catch {
    return false;
  }
}

/** A view of the same name is replaced where it stands. */
export function withView(views: SavedView[], view: SavedView): SavedView[] {
  const at = views.findIndex((one) => one.name === view.name);
  return at < 0 ? [...views, view].slice(-MOST_VIEWS) : views.with(at, view);
}

export function sameFilter(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
