/** One condition of a list, said without any interface kit. */
export interface FilterField {
  name: string;
  kind: 'choice' | 'text' | 'day' | 'organization' | 'flag';
  /** Key of the text of its heading. */
  title: string;
  choices?: readonly string[];
  /** Where the words of the choices stand: `<words>.<choice>`. */
  words?: string;
}

/** The conditions of an address as the server's query takes them: flags as true or false, the rest as they are. */
export function queryOf(filter: Record<string, string>, fields: readonly FilterField[]): Record<string, string | boolean> {
  const flags = new Set(fields.filter((one) => one.kind === 'flag').map((one) => one.name));
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, flags.has(name) ? value === 'true' : value]));
}
