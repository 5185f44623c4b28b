import { computed, reactive, ref, type ComputedRef, type Ref } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';
import type { Organization } from '@/api/types';

import { fetchOrganizations } from './use-organizations';

export interface TreeRow {
  id: string;
  level: number;
  organization: Organization;
  expanded: boolean;
  loading: boolean;
  parentId: string | null;
}

interface Branch {
  children: Organization[];
  cursor: string | null;
}

const TOP = '';

export interface OrganizationTree {
  rows: ComputedRef<TreeRow[]>;
  loading: Ref<boolean>;
  refusal: Ref<Refusal | null>;
  start: () => Promise<void>;
  expand: (id: string) => Promise<void>;
  collapse: (id: string) => void;
  reveal: (ancestorIds: string[]) => Promise<void>;
}

/** The tree as the flat list of rows that are to be seen; a branch is read when it is first opened. */
export function useOrganizationTree(): OrganizationTree {
  const branches = reactive(new Map<string, Branch>());
  const open = reactive(new Set<string>());
  const pending = reactive(new Set<string>());
  const loading = ref(false);
  const refusal = ref<Refusal | null>(null);

  async function read(id: string): Promise<void> {
    pending.add(id);
    refusal.value = null;
    try {
      const children: Organization[] = [];
      let cursor: string | undefined;
      // A level may be longer than a page (a town has some 70 villages, a county 13 towns), and a tree shows it whole.
      do {
        const page = await fetchOrganizations(id === TOP ? {} : { parent_id: id }, cursor);
        children.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      branches.set(id, { children, cursor: null });
    } catch (thrown) {
      refusal.value = asRefusal(thrown);
    } finally {
      pending.delete(id);
    }
  }

  async function expand(id: string): Promise<void> {
    open.add(id);
    if (!branches.has(id)) await read(id);
  }

  /** Reads the tops, and again whatever is open, so that a change elsewhere shows. */
  async function start(): Promise<void> {
    loading.value = branches.size === 0;
    await Promise.all([TOP, ...open].map(read));
    loading.value = false;
    const tops = branches.get(TOP)?.children ?? [];
    if (tops.length === 1 && tops[0] && open.size === 0) await expand(tops[0].id);
  }

  async function reveal(ancestorIds: string[]): Promise<void> {
    for (const id of ancestorIds) await expand(id);
  }

  function below(id: string, level: number): TreeRow[] {
    return (branches.get(id)?.children ?? []).flatMap((organization) => {
      const expanded = open.has(organization.id);
      const row: TreeRow = {
        id: organization.id, level, organization, expanded, loading: pending.has(organization.id), parentId: id === TOP ? null : id,
      };
      return expanded ? [row, ...below(organization.id, level + 1)] : [row];
    });
  }

  const rows = computed(() => below(TOP, 1));
  return { rows, loading, refusal, start, expand, collapse: (id) => void open.delete(id), reveal };
}
