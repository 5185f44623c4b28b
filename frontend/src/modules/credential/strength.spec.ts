import { expect, it } from 'vitest';

import { strength } from './use-security';

it('says what a password lacks while it is typed', () => {
  expect(strength('', 12, 20)).toEqual({ long: false, mixed: false });
  expect(strength('River-7-kettle', 12, 20)).toEqual({ long: true, mixed: true });
  expect(strength('riverkettlemoss', 12, 20)).toEqual({ long: true, mixed: false });
  expect(strength('a            b', 12, 20)).toEqual({ long: false, mixed: false });
});

it('takes a sentence of any kind, in any script', () => {
  expect(strength('the river is slow in summer', 12, 20)).toEqual({ long: true, mixed: true });
  expect(strength('樱桃红了的时候我们在河边修好了那座老桥真好', 12, 20)).toEqual({ long: true, mixed: true });
});
