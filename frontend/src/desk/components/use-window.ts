import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/vue-virtual';
import { computed, nextTick, onScopeDispose, ref, watchEffect, type ComputedRef, type Ref } from 'vue';

/** From so many rows on only those near the window are drawn: thousands of rows would make every key press wait. */
export const DRAWN_WHOLE = 150;
/** How tall a row is taken to be until it was seen, and how many are drawn beyond both edges of the window. */
const ROW_PIXELS = 62;
const BEYOND = 16;
/** How many frames a row has to be drawn in that the keyboard goes to. */
const FRAMES = 30;
/** How far above its end a list asks for its next page, so that whoever scrolls seldom waits. */
const AHEAD_PIXELS = 900;

/** A row that is drawn, or the room of those that are not. */
export type Drawn<T> = { key: string; row: T; index: number } | { key: string; pixels: number };

export interface ListWindow<T> {
  drawn: ComputedRef<Drawn<T>[]>;
  measure: (row: Element | null) => void;
  /** Brings a row into the window, and gives its element once it is drawn. */
  reach: (index: number) => Promise<HTMLElement | null>;
}

/** The rows of a long list that are drawn; the one that has the keyboard stays drawn wherever the window goes. */
export function useWindow<T extends { id: string }>(body: Ref<HTMLElement | null>, items: ComputedRef<T[]>, focused: Ref<number | null>): ListWindow<T> {
  const top = ref(0);
  const usual = ref(ROW_PIXELS);
  const windowed = computed(() => items.value.length > DRAWN_WHOLE);
  watchEffect(() => {
    // The head of the page may have grown since: what stands above the first row is asked whenever rows come.
    if (body.value === null || items.value.length === 0) return;
    const room = body.value.getBoundingClientRect();
    top.value = room.top + scrollY;
    if (!windowed.value) usual.value = room.height / items.value.length || ROW_PIXELS;
  }, { flush: 'post' });

  const virtualizer = useWindowVirtualizer<HTMLElement>(computed(() => ({
    // Short lists are measured too, so that nothing jumps when they grow long.
    count: items.value.length,
    estimateSize: () => usual.value,
    overscan: BEYOND,
    scrollMargin: top.value,
    getItemKey: (index: number) => items.value[index]?.id ?? index,
    rangeExtractor: (range) => {
      const near = defaultRangeExtractor(range);
      const kept = focused.value;
      return kept === null || kept >= range.count || near.includes(kept) ? near : [...near, kept].sort((one, other) => one - other);
    },
  })));

  const drawn = computed<Drawn<T>[]>(() => {
    if (!windowed.value) return items.value.map((row, index) => ({ key: row.id, row, index }));
    const found: Drawn<T>[] = [];
    let end = top.value;
    for (const { index, start, end: itsEnd } of virtualizer.value.getVirtualItems()) {
      const row = items.value[index];
      if (row === undefined) continue;
      if (start > end) found.push({ key: `before ${row.id}`, pixels: start - end });
      found.push({ key: row.id, row, index });
      end = itsEnd;
    }
    const left = top.value + virtualizer.value.getTotalSize() - end;
    return left > 0 ? [...found, { key: 'after', pixels: left }] : found;
  });

  function measure(row: Element | null): void {
    if (row instanceof HTMLElement) virtualizer.value.measureElement(row);
  }

  async function reach(index: number): Promise<HTMLElement | null> {
    if (windowed.value) virtualizer.value.scrollToIndex(index, { align: 'auto' });
    for (let frame = 0; frame < FRAMES; frame += 1) {
      // Leaving the row that had the keyboard forgets it, so the next one is named again until it is there.
      focused.value = index;
      await nextTick();
      const found = body.value?.querySelector<HTMLElement>(`[data-index="${index}"]`);
      if (found) return found;
      await new Promise(requestAnimationFrame);
    }
    return null;
  }

  return { drawn, measure, reach };
}

/** Calls `more` when the end of a list comes near the window, as often as it does. */
export function useEnd(end: Ref<HTMLElement | null>, more: () => void): void {
  const watcher = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) more();
  }, { rootMargin: `${AHEAD_PIXELS}px` });
  watchEffect((undo) => {
    const target = end.value;
    if (target === null) return;
    watcher.observe(target);
    undo(() => watcher.unobserve(target));
  }, { flush: 'post' });
  onScopeDispose(() => watcher.disconnect());
}
