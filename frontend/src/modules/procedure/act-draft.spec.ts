import { describe, expect, it } from 'vitest';

import type { ActOption } from '@/api/types-procedure';

import { actBody, actForm, emptyAct } from './act-draft';
import { blockers } from './act-fields';

const need = (pointer: string): ActOption['missing'][number] => ({ code: 'x', message: 'x', pointer });
const schema = { type: 'object', required: ['held_on'], properties: { held_on: { type: 'string', format: 'date', title: '日期' } } };

function option(change: Partial<ActOption>): ActOption {
  return { outcome: 'done', step: 'pilot', to: null, title: 't', allowed: true, missing: [], warnings: [], record_schema: null, evidence: [], ...change };
}

describe('the body of an act', () => {
  it('carries the record and each file as its kind', () => {
    const done = option({ record_schema: schema });
    const form = actForm(done, {});
    const draft = { ...emptyAct(form, done), record: { held_on: '2026-07-01' }, evidence: [{ id: 'f', kind: 'report', name: 'n', size: 1, sha256: 's' }] };
    expect(actBody(done, form, draft)).toEqual({ step: 'pilot', outcome: 'done', record: { held_on: '2026-07-01' }, evidence: [{ id: 'f', kind: 'report' }] });
  });

  it('carries an empty record when one is asked for, so that the server names its fields', () => {
    const done = option({ record_schema: schema });
    const form = actForm(done, {});
    expect(actBody(done, form, emptyAct(form, done)).record).toEqual({});
  });

  it('carries no record with a return whose findings were left empty', () => {
    const back = option({ outcome: 'returned', to: ['investigation'], record_schema: schema });
    const form = actForm(back, { investigation: '调查研究' });
    expect(actBody(back, form, emptyAct(form, back))).toEqual({ step: 'pilot', outcome: 'returned', to: 'investigation' });
  });

  it('carries no record for a second signature', () => {
    const sign = option({});
    const form = actForm(sign, {});
    expect(actBody(sign, form, emptyAct(form, sign))).toEqual({ step: 'pilot', outcome: 'done' });
  });
});

it('a reason is required when the server misses it, and only then', () => {
  const ask = actForm(option({ outcome: 'skipped', missing: [need('/reason'), need('/rule')] }), {});
  const approve = actForm(option({ outcome: 'skipped' }), {});
  expect(ask.words.map((field) => field.required)).toEqual([true, true]);
  expect(approve.words.map((field) => field.required)).toEqual([false, false]);
});

it('what the form can cure is no blocker', () => {
  const missing = [need(''), need('/record'), need('/record/held_on'), need('/evidence'), need('/outcome')];
  expect(blockers(option({ missing })).map((one) => one.pointer)).toEqual(['', '/outcome']);
});
