import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Filters that live in the address, so that a list can be sent to a colleague and the back button works. */
export function useAddressFilter(names: readonly string[]): {
  filter: ComputedRef<Record<string, string>>;
  put: (name: string, value: string) => void;
  clear: () => void;
} {
  const route = useRoute();
  const router = useRouter();
  const filter = computed(() => {
    const pairs = names.map((name): [string, unknown] => [name, route.query[name]]);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== ''));
  });

  function put(name: string, value: string): void {
    const { [name]: _, ...rest } = filter.value;
    void router.replace({ query: value === '' ? rest : { ...rest, [name]: value } });
  }

  return { filter, put, clear: () => void router.replace({ query: {} }) };
}
