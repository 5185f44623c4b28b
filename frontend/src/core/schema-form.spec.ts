import { describe, expect, it } from 'vitest';

import { emptyRecord, exampleOf, fieldsOf, fillRecord, isBlank, pointersOf, toRecord } from './schema-form';

const schema = {
  type: 'object',
  required: ['held_on', 'people', 'finding', 'confirmed'],
  properties: {
    held_on: { type: 'string', format: 'date', title: '日期', 'x-title-en': 'Held on' },
    notes: { type: 'string', title: '记录', 'x-widget': 'textarea', description: '逐条写', 'x-description-en': 'One by one' },
    finding: { type: 'string', title: '结论', enum: ['lawful', 'unlawful'], 'x-labels': { lawful: { 'zh-CN': '合法', en: 'Lawful' } } },
    channels: { type: 'array', title: '方式', items: { type: 'string', enum: ['web', 'visit'] } },
    present: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }], title: '到会' },
    confirmed: { type: 'boolean', const: true, title: '已核对' },
    open: { type: 'boolean', title: '公开' },
    people: { type: 'array', title: '人员', items: { $ref: '#/$defs/person' } },
    shorter: { type: 'object', title: '缩短', required: ['reason'], properties: { reason: { type: 'string', title: '理由' } } },
  },
  $defs: { person: { type: 'object', required: ['name'], properties: { name: { type: 'string', title: '姓名' }, age: { type: 'integer', title: '年龄' } } } },
  examples: [{ held_on: '2026-07-01', people: [{ name: '何春来', age: 51 }], finding: 'lawful', confirmed: true }],
};
const fields = fieldsOf(schema);
const named = Object.fromEntries(fields.map((field) => [field.name, field]));

describe('the fields of a schema', () => {
  it('have the kind that their type and hints ask for', () => {
    expect(fields.map((field) => [field.name, field.kind])).toEqual([
      ['held_on', 'date'], ['notes', 'long_text'], ['finding', 'enum'], ['channels', 'choices'], ['present', 'integer'],
      ['confirmed', 'confirm'], ['open', 'boolean'], ['people', 'list'], ['shorter', 'object'],
    ]);
  });

  it('say their titles, help and choices in both languages', () => {
    expect(named.held_on?.title).toEqual({ 'zh-CN': '日期', en: 'Held on' });
    expect(named.notes?.help).toEqual({ 'zh-CN': '逐条写', en: 'One by one' });
    expect(named.finding?.choices[0]).toEqual({ value: 'lawful', label: { 'zh-CN': '合法', en: 'Lawful' } });
  });

  it('follow references into the rows of a list', () => {
    expect(named.people?.item?.fields.map((field) => [field.name, field.required])).toEqual([['name', true], ['age', false]]);
  });
});

describe('what is sent', () => {
  it('leaves out what was not filled, and never says no for a question that nobody answered', () => {
    expect(toRecord(fields, emptyRecord(fields))).toEqual({ people: [] });
  });

  it('turns typed numbers into numbers and leaves what is no number to the server', () => {
    expect(toRecord(fields, { present: ' 12 ' })).toMatchObject({ present: 12 });
    expect(toRecord(fields, { present: 'twelve' })).toMatchObject({ present: 'twelve' });
  });

  it('drops blank rows and trims text', () => {
    const record = toRecord(fields, { people: [{ name: ' 查文敏 ', age: '' }, { name: '', age: '' }] });
    expect(record.people).toEqual([{ name: '查文敏' }]);
  });

  it('leaves an untouched optional group out, and sends one that was begun', () => {
    expect(toRecord(fields, { shorter: { reason: '' } })).not.toHaveProperty('shorter');
    expect(toRecord(fields, { shorter: { reason: '汛期' } })).toMatchObject({ shorter: { reason: '汛期' } });
    expect(named.shorter && isBlank(named.shorter, { reason: '' })).toBe(true);
  });

  it('leaves an optional group out although one of its lists is required, while nothing is in it', () => {
    const [similar] = fieldsOf({
      type: 'object',
      properties: { similar: { type: 'object', required: ['units', 'found'], properties: { units: { type: 'array', items: { type: 'string' } }, found: { type: 'string' } } } },
    });
    if (!similar) throw new Error('no field');
    const empty = emptyRecord([similar]);
    expect(empty).toEqual({ similar: { units: [''], found: '' } });
    expect([toRecord([similar], empty), isBlank(similar, empty.similar)]).toEqual([{}, true]);
    expect(toRecord([similar], { similar: { units: [''], found: '未发现' } })).toEqual({ similar: { units: [], found: '未发现' } });
  });

  it('keeps an answered no', () => {
    expect(toRecord(fields, { open: false })).toMatchObject({ open: false });
  });

  it('gives the example back as it was after a walk through the form', () => {
    const example = exampleOf(schema, fields);
    expect(example && toRecord(fields, example)).toEqual(schema.examples[0]);
  });
});

it('a required list opens with one empty row', () => {
  expect(fillRecord(fields, {}).people).toEqual([{ name: '', age: '' }]);
});

it('the pointers of a draft include the rows of its lists', () => {
  expect(pointersOf(fields, { people: [{ name: '' }, { name: '' }] })).toContain('/people/1/name');
});

describe('a form that knows something already', () => {
  const triage = fieldsOf({
    type: 'object',
    properties: {
      outcome: { type: 'string', enum: ['accept', 'not_accept'], default: 'accept' },
      unit: { type: 'string', 'x-when': { outcome: ['accept'] } },
      milestones: { type: 'array', items: { type: 'object', properties: { due_on: { type: 'string', format: 'date' } } }, default: [{ due_on: '2026-12-01' }] },
    },
  });

  it('begins with what the server knows', () => {
    expect(emptyRecord(triage)).toEqual({ outcome: 'accept', unit: '', milestones: [{ due_on: '2026-12-01' }] });
    expect(fillRecord(triage, { outcome: 'not_accept' })).toMatchObject({ outcome: 'not_accept' });
  });

  it('neither asks for nor sends what the answer has made idle', () => {
    expect(toRecord(triage, { outcome: 'not_accept', unit: 'u' })).toEqual({ outcome: 'not_accept' });
    expect(pointersOf(triage, { outcome: 'not_accept' })).not.toContain('/unit');
    expect(toRecord(triage, { outcome: 'accept', unit: 'u' })).toEqual({ outcome: 'accept', unit: 'u' });
  });
});
