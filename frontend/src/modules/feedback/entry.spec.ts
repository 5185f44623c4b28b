import { describe, expect, it } from 'vitest';

import { callBack, callEntry, clock, entriesOf, newPaper, problemsOf } from './entry';
import { ENTRY_FORM, entryForm } from './feedback-fields';

const shared = { channel: 'opinion_card', voice: 'masses', organization_id: 'p', received_on: '2026-07-01' };

describe('cards that an office enters', () => {
  it('carry what all papers share, and an id of their own', () => {
    const papers = [newPaper({ content: '路灯不亮', category: 'lamps', wish: 'action', contact: { name: '', phone: '' } }), newPaper({ content: '' })];
    const [first, second] = entriesOf(shared, papers, ENTRY_FORM, { box_opening_id: 'b' });
    expect(first).toEqual({ ...shared, submission_id: papers[0]?.submission, box_opening_id: 'b', content: '路灯不亮', category: 'lamps', wish: 'action' });
    expect(second?.submission_id).not.toBe(first?.submission_id);
    expect(second).not.toHaveProperty('content');
  });

  it('name who is complained about, and only in a complaint', () => {
    const said = (wish: string): unknown => entriesOf(shared, [newPaper({ content: 'x', wish, about_unit: 'u' })], ENTRY_FORM)[0]?.about;
    expect(said('complaint')).toEqual({ organization_ids: ['u'] });
    expect(said('praise')).toBeUndefined();
  });

  it('ask for the mark of a satisfaction card and the number of a printed one', () => {
    const names = (channel: string, printed: boolean): string[] => entryForm(channel, printed).map((field) => field.name).slice(0, 2);
    expect(names('satisfaction_card', true)).toEqual(['opinion', 'printed_number']);
    expect(names('letter', false)).toEqual(['content', 'category']);
    expect(entriesOf(shared, [newPaper({ opinion: '4' })], entryForm('satisfaction_card', false))[0]?.opinion).toBe(4);
  });

  it('bear their problems at their own place', () => {
    const answers = [{ submission_id: 'a', receipt: null, problems: [] }, { submission_id: 'b', receipt: null, problems: [{ pointer: '/content', code: 'missing', message: 'm' }] }];
    expect(problemsOf(answers).map((one) => one.pointer)).toEqual(['/entries/1/content']);
  });

  it('hold a call from its beginning to its end', () => {
    const entry = callEntry(newPaper({ content: '水压小', category: 'utilities', wish: 'action' }), new Date('2026-07-01T08:00:00Z'), new Date('2026-07-01T08:01:15Z'));
    expect(entry).toMatchObject({ channel: 'hotline', call: { started_at: '2026-07-01T08:00:00.000Z', ended_at: '2026-07-01T08:01:15.000Z' } });
  });

  it('send a grade as a number, and none when none was given', () => {
    expect(callBack({ reached: true, minutes: 2, grade: '4' }, '2026-07-01T08:02:00Z')).toEqual({ reached: true, started_at: '2026-07-01T08:00:00.000Z', ended_at: '2026-07-01T08:02:00.000Z', grade: 4 });
    expect(callBack({ reached: false }, '2026-07-01T08:02:00Z')).not.toHaveProperty('grade');
  });
});

it('a clock shows minutes and seconds', () => {
  expect([clock(5), clock(75), clock(600)]).toEqual(['0:05', '1:15', '10:00']);
});
