import { describe, expect, it } from 'vitest';

import { addTexts, has, language, t, useLanguage } from './words';

describe('the words of the phone', () => {
  it('are Chinese first, with what was asked put in', () => {
    expect(t('phone.home.waiting', { count: 2 })).toBe('有 2 份还没送出，连上网会自动送。');
    expect([has('phone.home.report'), has('phone.home'), has('nothing.at.all')]).toEqual([true, false, false]);
    expect(t('nothing.at.all')).toBe('nothing.at.all');
  });

  it('turn English and back, further families too', async () => {
    await addTexts('test', async (wanted) => ({ default: { test: { word: wanted } } }));
    expect(t('test.word')).toBe('zh-CN');
    await useLanguage('en');
    expect([language.value, document.documentElement.lang, t('phone.feedback.send'), t('test.word')]).toEqual(['en', 'en', 'Send', 'en']);
    await useLanguage('zh-CN');
    expect(t('phone.feedback.send')).toBe('提交');
  });
});
