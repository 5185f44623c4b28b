import { computed, reactive, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** What is kept out of addresses, by the page that it was typed on; gone when the page is loaded anew. */
const kept = reactive(new Map<string, Record<string, string>>());

/** Names that were searched for are nobody's business who signs in after. */
export function forgetSearches(): void {
  kept.clear();
}

/**
 * Filters that live in the address, so that a list can be sent to a colleague and the back button works.
 * `unsaid` are those that hold a person's name: addresses are kept by browsers and logs, so they stay in memory.
 */
export function useAddressFilter(names: readonly string[], unsaid: readonly string[] = []): {
  filter: ComputedRef<Record<string, string>>;
  /** What of it may be kept: without names of people. */
  said: ComputedRef<Record<string, string>>;
  put: (name: string, value: string) => void;
  clear: () => void;
  /** Other conditions instead of all that stand. */
  swap: (filter: Record<string, string>) => void;
} {
  const route = useRoute();
  const router = useRouter();
  const page = route.path;
  const said = computed(() => {
    const pairs = names.map((name): [string, unknown] => [name, route.query[name]]);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== ''));
  });
  const filter = computed(() => ({ ...said.value, ...kept.get(page) }));

  function put(name: string, value: string): void {
    const at = unsaid.includes(name) ? (kept.get(page) ?? {}) : said.value;
    const { [name]: _, ...rest } = at;
    const next = value === '' ? rest : { ...rest, [name]: value };
    if (unsaid.includes(name)) kept.set(page, next);
    else void router.replace({ query: next });
  }

  function swap(next: Record<string, string>): void {
    kept.delete(page);
    void router.replace({ query: Object.fromEntries(Object.entries(next).filter(([name]) => !unsaid.includes(name))) });
  }

  return { filter, said, put, clear: () => swap({}), swap };
}
