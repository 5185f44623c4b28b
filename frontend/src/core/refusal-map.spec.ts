import { expect, it } from 'vitest';

import { refusalFrom } from '@/api/refusal';

import { dotted, placeProblems } from './refusal-map';

const problem = (pointer: string): { pointer: string; code: string; message: string } => ({ pointer, code: 'x', message: `at ${pointer}` });

it('a problem is shown at its field, below the prefix', () => {
  const placed = placeProblems([problem('/record/held_on')], ['/held_on'], '/record');
  expect(placed).toEqual({ atField: { '/held_on': ['at /record/held_on'] }, elsewhere: [] });
});

it('a problem of a part without a control is shown at its nearest parent', () => {
  expect(placeProblems([problem('/people/3/age')], ['/people']).atField).toEqual({ '/people': ['at /people/3/age'] });
});

it('a problem that no field shows is told elsewhere, never lost', () => {
  const problems = [problem(''), problem('/recording/x'), problem('/evidence')];
  expect(placeProblems(problems, ['/x'], '/record').elsewhere).toEqual(problems);
});

it('two problems of one field are both told', () => {
  expect(placeProblems([problem('/a'), problem('/a')], ['/a']).atField['/a']).toHaveLength(2);
});

it('a problem document is read with its fields, and anything else becomes a plain refusal', () => {
  const refusal = refusalFrom(422, { code: 'invalid', detail: '有内容需要更正', errors: [{ pointer: '/title', code: 'missing', message: '此项必填' }], request_id: 'r1' });
  expect([refusal.status, refusal.code, refusal.message, refusal.requestId]).toEqual([422, 'invalid', '有内容需要更正', 'r1']);
  expect(refusal.problems).toEqual([{ pointer: '/title', code: 'missing', message: '此项必填' }]);
  expect(refusalFrom(502, '<html>').code).toBe('http_502');
});

it('a pointer is dotted for an id', () => {
  expect(dotted('/attendance/0/name')).toBe('attendance.0.name');
});
