/** From a JSON Schema to the fields of a form, and from what was typed to the record that is sent. Pure. */

export type FieldKind =
  | 'text' | 'long_text' | 'integer' | 'number' | 'boolean' | 'confirm' | 'enum' | 'date' | 'datetime' | 'object' | 'list' | 'choices';

export interface Choice {
  value: string;
  label: Record<string, string>;
}

export interface FormField {
  name: string;
  kind: FieldKind;
  title: Record<string, string>;
  help: Record<string, string> | null;
  required: boolean;
  choices: Choice[];
  fields: FormField[];
  item: FormField | null;
  minimum: number | null;
  maximum: number | null;
  maxLength: number | null;
  example: string | null;
  widget: string | null;
  /** What the field begins with, as the record would hold it. */
  initial: unknown;
  /** Asked for only while another field of the same record has one of these values. */
  when: Record<string, string[]> | null;
}

type Schema = Record<string, unknown>;
export type Value = unknown;
export type Draft = Record<string, unknown>;

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function atPointer(root: Schema, pointer: string): Schema {
  let here: unknown = root;
  for (const part of pointer.replace(/^#\/?/, '').split('/')) {
    here = isObject(here) ? here[part] : undefined;
  }
  return isObject(here) ? here : {};
}

/** Follows `$ref`, single `allOf` and "or null", which say nothing to a person who fills a form. */
export function settle(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref === 'string') {
    const { $ref, ...own } = schema;
    return settle({ ...atPointer(root, $ref), ...own }, root);
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const parts = schema[keyword];
    if (!Array.isArray(parts)) continue;
    const real = parts.filter(isObject).filter((part) => part.type !== 'null');
    const first = real[0];
    if (first === undefined) continue;
    const own = Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
    return settle({ ...first, ...own }, root);
  }
  return schema;
}

function typeOf(schema: Schema): string {
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== 'null') : [schema.type];
  if (typeof types[0] === 'string') return types[0];
  return isObject(schema.properties) ? 'object' : 'string';
}

function kindOf(schema: Schema, root: Schema): FieldKind {
  if (Array.isArray(schema.enum)) return 'enum';
  const type = typeOf(schema);
  if (type === 'array') {
    const item = settle(isObject(schema.items) ? schema.items : {}, root);
    return Array.isArray(item.enum) ? 'choices' : 'list';
  }
  if (type === 'boolean' && schema.const === true) return 'confirm';
  if (type === 'object' || type === 'boolean' || type === 'integer' || type === 'number') return type;
  if (schema.format === 'date') return 'date';
  if (schema.format === 'date-time') return 'datetime';
  const long = schema['x-widget'] === 'textarea' || (asNumber(schema.maxLength) ?? 0) > 300;
  return long ? 'long_text' : 'text';
}

function choicesOf(schema: Schema): Choice[] {
  const labels = isObject(schema['x-labels']) ? schema['x-labels'] : {};
  const values = Array.isArray(schema.enum) ? schema.enum : [];
  return values
    .filter((value) => value !== null)
    .map((value) => {
      const label = labels[String(value)];
      const said = isObject(label) ? label : {};
      return { value: String(value), label: Object.fromEntries(Object.entries(said).map(([key, text]) => [key, String(text)])) };
    });
}

function conditionOf(raw: unknown): Record<string, string[]> | null {
  if (!isObject(raw)) return null;
  return Object.fromEntries(Object.entries(raw).map(([name, values]) => [name, (Array.isArray(values) ? values : [values]).map(String)]));
}

/** Whether a field is asked for, given what the other fields of its record say. */
export function isAsked(field: FormField, draft: Draft): boolean {
  return Object.entries(field.when ?? {}).every(([name, values]) => values.includes(String(draft[name] ?? '')));
}

function fieldFrom(name: string, raw: Schema, required: boolean, root: Schema): FormField {
  const schema = settle(raw, root);
  const kind = kindOf(schema, root);
  const item = isObject(schema.items) ? schema.items : {};
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  const title = asText(schema.title) ?? name;
  return {
    name,
    kind,
    title: { 'zh-CN': title, en: asText(schema['x-title-en']) ?? title },
    help: asText(schema.description) ? { 'zh-CN': String(schema.description), en: asText(schema['x-description-en']) ?? String(schema.description) } : null,
    required,
    choices: kind === 'choices' ? choicesOf(settle(item, root)) : choicesOf(schema),
    fields: kind === 'object' ? fieldsOf(schema, root) : [],
    item: kind === 'list' ? fieldFrom('', item, true, root) : null,
    minimum: asNumber(schema.minimum),
    maximum: asNumber(schema.maximum),
    maxLength: asNumber(schema.maxLength),
    example: typeof examples[0] === 'string' || typeof examples[0] === 'number' ? String(examples[0]) : null,
    widget: asText(schema['x-widget']),
    initial: schema.default ?? null,
    when: conditionOf(schema['x-when']),
  };
}

/** The fields of an object schema, in the order in which the schema names them. */
export function fieldsOf(schema: Schema, root: Schema = schema): FormField[] {
  const settled = settle(schema, root);
  const properties = isObject(settled.properties) ? settled.properties : {};
  const required = Array.isArray(settled.required) ? settled.required : [];
  return Object.entries(properties)
    .filter((entry): entry is [string, Schema] => isObject(entry[1]))
    .map(([name, property]) => fieldFrom(name, property, required.includes(name), root));
}

export function emptyValue(field: FormField): Value {
  if (field.initial !== null) return fill({ ...field, initial: null }, field.initial);
  switch (field.kind) {
    case 'object':
      return emptyRecord(field.fields);
    case 'list':
      return field.required && field.item ? [emptyValue(field.item)] : [];
    case 'choices':
      return [];
    case 'confirm':
    case 'boolean':
      // A yes that was never asked for must not be sent as a no.
      return null;
    default:
      return '';
  }
}

export function emptyRecord(fields: FormField[]): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]));
}

/** What a person sees for a stored value: numbers become text, missing parts become empty ones. */
export function fill(field: FormField, value: unknown): Value {
  if (value === undefined || value === null) return emptyValue(field);
  if (field.kind === 'object') return fillRecord(field.fields, value);
  if (field.kind === 'list' && field.item && Array.isArray(value)) {
    const item = field.item;
    return value.map((entry) => fill(item, entry));
  }
  if (field.kind === 'integer' || field.kind === 'number') return String(value);
  return value;
}

export function fillRecord(fields: FormField[], value: unknown): Draft {
  const known = isObject(value) ? value : {};
  return Object.fromEntries(fields.map((field) => [field.name, fill(field, known[field.name])]));
}

function sent(field: FormField, value: unknown): unknown {
  if (field.kind === 'object') {
    const record = toRecord(field.fields, isObject(value) ? value : {});
    return field.required || !hollow(record) ? record : undefined;
  }
  if (field.kind === 'list') {
    const item = field.item;
    if (!Array.isArray(value) || !item) return undefined;
    const rows = value.map((entry) => sent(item, entry)).filter((entry) => !hollow(entry));
    return rows.length > 0 || field.required ? rows : undefined;
  }
  if (field.kind === 'choices') return Array.isArray(value) && (value.length > 0 || field.required) ? value : undefined;
  if (value === '' || value === null || value === undefined) return undefined;
  // A box that has to be ticked and is not was left empty.
  if (field.kind === 'confirm') return value === true ? true : undefined;
  if (field.kind === 'integer' || field.kind === 'number') {
    const number = Number(value);
    // What is not a number goes to the server as typed: it names the field and says why.
    return Number.isNaN(number) ? value : number;
  }
  return typeof value === 'string' ? value.trim() : value;
}

/** Whether a field holds nothing that would be sent. */
export function isBlank(field: FormField, value: unknown): boolean {
  return hollow(sent({ ...field, required: false }, value));
}

/** Whether nothing was put into any part: what may be left out is not sent for the sake of its empty lists. */
function hollow(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(hollow);
  return blank(value) || (isObject(value) && Object.values(value).every(hollow));
}

function blank(value: unknown): boolean {
  return value === undefined || value === '' || (isObject(value) && Object.keys(value).length === 0);
}

/** The record to send: empty cells are left out, numbers are numbers, text is trimmed. */
export function toRecord(fields: FormField[], draft: Draft): Record<string, unknown> {
  const entries = fields.filter((field) => isAsked(field, draft)).map((field): [string, unknown] => [field.name, sent(field, draft[field.name])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
}

/** The first example of a schema, filled into its form. */
export function exampleOf(schema: Schema, fields: FormField[]): Draft | null {
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  return isObject(examples[0]) ? fillRecord(fields, examples[0]) : null;
}

/** The pointers of every control that is shown for a draft, rows of lists included. */
export function pointersOf(fields: FormField[], draft: unknown, base = ''): string[] {
  const record = isObject(draft) ? draft : {};
  return fields.filter((field) => isAsked(field, record)).flatMap((field) => pointersOfField(field, record[field.name], `${base}/${field.name}`));
}

function pointersOfField(field: FormField, value: unknown, pointer: string): string[] {
  if (field.kind === 'object') return [pointer, ...pointersOf(field.fields, value, pointer)];
  if (field.kind !== 'list' || !field.item || !Array.isArray(value)) return [pointer];
  const item = field.item;
  return [pointer, ...value.flatMap((entry, index) => pointersOfField(item, entry, `${pointer}/${index}`))];
}
