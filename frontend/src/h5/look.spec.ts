import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const root = document.documentElement;

describe('elder mode', () => {
  beforeEach(() => vi.resetModules());
  afterEach(() => {
    root.className = '';
    delete root.dataset.text;
    localStorage.clear();
  });

  it('is on while it is wanted, and is remembered', async () => {
    const { elder, useElder } = await import('./look');
    expect(elder.value).toBe(false);
    useElder(true);
    expect([root.classList.contains('elder'), localStorage.getItem('guanbiao:elder')]).toEqual([true, '1']);
    useElder(false);
    expect([root.classList.contains('elder'), localStorage.getItem('guanbiao:elder')]).toEqual([false, null]);
  });

  it('starts as the first paint had it', async () => {
    root.classList.add('elder');
    root.dataset.text = 'largest';
    const { elder, size } = await import('./look');
    expect([elder.value, size.value]).toEqual([true, 'largest']);
  });

  it('takes a size that nobody knows for the normal one', async () => {
    root.dataset.text = 'enormous';
    const { size, useSize } = await import('./look');
    expect(size.value).toBe('normal');
    useSize('large');
    expect([root.dataset.text, localStorage.getItem('guanbiao:text')]).toEqual(['large', 'large']);
    useSize('normal');
    expect([root.dataset.text, localStorage.getItem('guanbiao:text')]).toEqual([undefined, null]);
  });

  it('works where storage is switched off', async () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('switched off');
    });
    const { elder, useElder } = await import('./look');
    useElder(true);
    expect(elder.value).toBe(true);
  });
});
