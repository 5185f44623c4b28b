import type { Problem } from '@/api/refusal';

/** Where the problems of a refusal are shown: at their field when the page has it, else above the form. */
export interface PlacedProblems {
  atField: Record<string, string[]>;
  elsewhere: Problem[];
}

/**
 * `known` are the pointers that the page shows, below `prefix` (such as "/record"). A problem of a part that has no
 * control of its own (an item of a list) is shown at the nearest known parent.
 */
export function placeProblems(problems: Problem[], known: Iterable<string>, prefix = ''): PlacedProblems {
  const shown = new Set(known);
  const placed: PlacedProblems = { atField: {}, elsewhere: [] };
  for (const problem of problems) {
    const home = nearest(below(problem.pointer, prefix), shown);
    if (home === null) placed.elsewhere.push(problem);
    else (placed.atField[home] ??= []).push(problem.message);
  }
  return placed;
}

function below(pointer: string, prefix: string): string | null {
  if (prefix === '') return pointer;
  return pointer === prefix || pointer.startsWith(`${prefix}/`) ? pointer.slice(prefix.length) : null;
}

function nearest(pointer: string | null, shown: Set<string>): string | null {
  let here = pointer;
  while (here !== null && here !== '') {
    if (shown.has(here)) return here;
    here = here.slice(0, here.lastIndexOf('/'));
  }
  return null;
}

/** "/attendance/0/name" as the id-safe "attendance.0.name". */
export function dotted(pointer: string): string {
  return pointer.replace(/^\//, '').replaceAll('/', '.');
}
