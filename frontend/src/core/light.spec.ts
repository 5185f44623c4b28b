import { expect, it } from 'vitest';

import type { Light } from '@/api/types';

import { lightWord } from './light';

const LIGHTS: Light[] = ['green', 'yellow', 'red', 'blue', 'grey'];

it('every light has a word and a shape of its own, so that colour is never alone', () => {
  expect(new Set(LIGHTS.map((light) => lightWord(light).key)).size).toBe(5);
  expect(new Set(LIGHTS.map((light) => lightWord(light).shape)).size).toBe(5);
});

it('no light reads as not running', () => {
  expect(lightWord(null).key).toBe('light.grey');
});
