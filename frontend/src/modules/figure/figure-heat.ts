/** How deep a cell of a map is: 0 for none to 5 for the most, in even steps; hidden cells have no depth. */
export function heatOf(value: string | number | null | undefined, most: number): { step: number; hidden: boolean } {
  if (typeof value !== 'number') return { step: 0, hidden: true };
  if (value <= 0) return { step: 0, hidden: false };
  return { step: Math.min(5, Math.max(1, Math.ceil((value / most) * 5))), hidden: false };
}
