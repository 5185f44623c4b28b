import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp, nextTick, ref, type Ref } from 'vue';

import { useDraft, type DraftHandle } from './use-draft';

interface Form {
  what: string;
  secret?: string;
}

function open(keep?: (value: Form) => Form): { value: Ref<Form>; draft: DraftHandle; leave: () => void } {
  const value = ref<Form>({ what: '' });
  let draft: DraftHandle | undefined;
  const app = createApp({ setup: () => { draft = useDraft({ account: 'a', form: 'f', value, keep }); return () => null; } });
  app.mount(document.createElement('div'));
  if (!draft) throw new Error('The form did not open.');
  return { value, draft, leave: () => app.unmount() };
}

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('what was typed is there again when the form opens the next time', async () => {
  const first = open();
  first.value.value.what = '改造路面';
  await nextTick();
  vi.advanceTimersByTime(500);
  expect(first.draft.savedAt.value).not.toBeNull();
  const second = open();
  expect(second.value.value.what).toBe('改造路面');
  expect(second.draft.restoredAt.value).not.toBeNull();
});

it('leaving the page at once loses nothing', async () => {
  const first = open();
  first.value.value.what = '刚写的';
  await nextTick();
  dispatchEvent(new Event('pagehide'));
  expect(open().value.value.what).toBe('刚写的');
});

it('a draft that was sent or discarded does not come back', async () => {
  const first = open();
  first.value.value.what = 'x';
  await nextTick();
  vi.advanceTimersByTime(500);
  first.draft.discard();
  expect(first.value.value.what).toBe('');
  first.leave();
  const second = open();
  second.value.value.what = 'y';
  await nextTick();
  vi.advanceTimersByTime(500);
  second.draft.clear();
  second.leave();
  expect(open().draft.restoredAt.value).toBeNull();
});

it('what must not be kept is not written', async () => {
  const first = open(({ what }) => ({ what }));
  first.value.value = { what: 'x', secret: '9999' };
  await nextTick();
  vi.advanceTimersByTime(500);
  expect(JSON.stringify({ ...localStorage })).not.toContain('9999');
});
