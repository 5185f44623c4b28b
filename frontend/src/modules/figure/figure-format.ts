import type { FigureColumn, FigureFact, FigureRow } from '@/api/types-figure';
import { shortDay } from '@/core/format';

/** What stands for a number that is not told. */
export interface Untold {
  few: string;
  sum: string;
}

export function number(value: number, language: string, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

export function percent(value: number, language: string, digits = 0): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(value);
}

/** A value as a cell of the table shows it. In a column of counts nothing means one to nine, or a sum of such. */
export function cellText(column: FigureColumn, row: FigureRow, language: string, untold: Untold): string {
  const value = row[column.key];
  if (value === null || value === undefined) {
    if (column.kind !== 'count') return '—';
    return column.key === 'total' ? untold.sum : untold.few;
  }
  if (typeof value === 'string') return column.kind === 'day' ? shortDay(value) : value;
  if (column.kind === 'share') return percent(value, language, 1);
  return number(value, language, column.kind === 'days' ? 1 : 0);
}

export function factText(fact: FigureFact, language: string, untold: Untold): string {
  if (fact.value === null) return fact.kind === 'count' ? untold.few : '—';
  if (fact.kind === 'share') return percent(fact.value, language);
  return number(fact.value, language, fact.kind === 'days' ? 1 : 0);
}

/** The interval of a rate, such as 61–82 %; empty when it has none. */
export function intervalText(fact: FigureFact, language: string): string {
  if (fact.low === null || fact.high === null) return '';
  return `${percent(fact.low, language)} – ${percent(fact.high, language)}`;
}

export function isNumeric(column: FigureColumn): boolean {
  return column.kind === 'count' || column.kind === 'share' || column.kind === 'days';
}
