import { createApp, defineComponent, h } from 'vue';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { useListKeys, useSingleKeys } from './use-list-keys';

let said: string[] = [];
let awake = true;
const Page = defineComponent({
  setup: () => {
    useListKeys(() => awake, { j: () => said.push('j'), Enter: () => said.push('enter') });
    return () => h('div', [h('input', { id: 'box' }), h('a', { id: 'link', href: '#' }), h('p', { id: 'text' })]);
  },
});
let app: ReturnType<typeof createApp>;

beforeEach(() => {
  said = [];
  awake = true;
  useSingleKeys(true);
  document.body.innerHTML = '<div id="app"></div>';
  app = createApp(Page);
  app.mount('#app');
});
afterEach(() => app.unmount());

function press(key: string, at: string, more: KeyboardEventInit = {}): void {
  document.getElementById(at)?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
}

it('a key works where nobody types, in either case', () => {
  press('j', 'text');
  press('J', 'link');
  expect(said).toEqual(['j', 'j']);
});

it('keys sleep while somebody types, while the page says so, and with a modifier', () => {
  press('j', 'box');
  press('j', 'text', { ctrlKey: true });
  awake = false;
  press('j', 'text');
  expect(said).toEqual([]);
});

it('Enter on a link stays the link’s own', () => {
  press('Enter', 'link');
  expect(said).toEqual([]);
  press('Enter', 'text');
  expect(said).toEqual(['enter']);
});

it('single keys can be switched off, and stay off', () => {
  useSingleKeys(false);
  press('j', 'text');
  expect(said).toEqual([]);
  expect(localStorage.getItem('guanbiao:single-keys')).toBe('off');
});
