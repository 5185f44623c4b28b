import type { Kept, Parcel, Store } from './store';

/** The store in IndexedDB; where that is switched off, in memory, as long as the page stays open. */
const NAME = 'guanbiao-phone';
type Table = 'draft' | 'parcel' | 'kept';

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('draft');
    request.result.createObjectStore('parcel', { keyPath: 'id' });
    request.result.createObjectStore('kept', { keyPath: 'code' });
  };
  return done(request);
}

/** Runs `work` in one transaction and ends when it is on the disk, not when it was asked for. */
async function transact(database: IDBDatabase, tables: Table[], work: (table: (name: Table) => IDBObjectStore) => void): Promise<void> {
  const transaction = database.transaction(tables, 'readwrite', { durability: 'strict' });
  work((name) => transaction.objectStore(name));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

function stored(database: IDBDatabase): Store {
  const all = <T>(table: Table): Promise<T[]> => done<T[]>(database.transaction(table).objectStore(table).getAll());
  const change = (table: Table, work: (table: IDBObjectStore) => void): Promise<void> => transact(database, [table], (of) => work(of(table)));
  return {
    parcels: () => all<Parcel>('parcel'),
    update: async (id, part) => {
      let changed: Parcel | null = null;
      await change('parcel', (table) => {
        const found: IDBRequest<Parcel | undefined> = table.get(id);
        found.onsuccess = () => {
          if (!found.result) return;
          changed = { ...found.result, ...part };
          table.put(changed);
        };
      });
      return changed;
    },
    drop: (id) => change('parcel', (table) => table.delete(id)),
    seal: (draft, parcel) => transact(database, ['draft', 'parcel'], (of) => {
      of('parcel').put(parcel);
      of('draft').delete(draft);
    }),
    draft: async <T>(key: string) => (await done<T | undefined>(database.transaction('draft').objectStore('draft').get(key))) ?? null,
    keepDraft: (key, value) => change('draft', (table) => table.put(value, key)),
    dropDraft: (key) => change('draft', (table) => table.delete(key)),
    kept: () => all<Kept>('kept'),
    keep: (kept) => change('kept', (table) => table.put(kept)),
    forget: (code) => change('kept', (table) => table.delete(code)),
  };
}

export function inMemory(): Store {
  const parcels = new Map<string, Parcel>();
  const drafts = new Map<string, unknown>();
  const kept = new Map<string, Kept>();
  // Copies, as a disk makes them: whoever changes what he was given changes nothing here.
  const copy = <T>(value: T): T => structuredClone(value);
  return {
    parcels: async () => [...parcels.values()].map(copy),
    update: async (id, part) => {
      const found = parcels.get(id);
      if (!found) return null;
      parcels.set(id, copy({ ...found, ...part }));
      return copy({ ...found, ...part });
    },
    drop: async (id) => void parcels.delete(id),
    seal: async (draft, parcel) => {
      parcels.set(parcel.id, copy(parcel));
      drafts.delete(draft);
    },
    draft: async <T>(key: string) => (drafts.has(key) ? copy(drafts.get(key) as T) : null),
    keepDraft: async (key, value) => void drafts.set(key, copy(value)),
    dropDraft: async (key) => void drafts.delete(key),
    kept: async () => [...kept.values()].map(copy),
    keep: async (one) => void kept.set(one.code, copy(one)),
    forget: async (code) => void kept.delete(code),
  };
}

let opened: Promise<Store> | null = null;

export function openStore(): Promise<Store> {
  opened ??= Promise.resolve()
    .then(open)
    .then(stored, () => inMemory());
  return opened;
}
