import { isoDay } from '@/core/format';

/** The days a page of figures is about, as the address holds them. */
export interface FigureFilter {
  organization_id?: string;
  span?: string;
  from?: string;
  to?: string;
}

export const SPANS = ['30', '90', '180', 'year', 'own'] as const;
export type Span = (typeof SPANS)[number];
export const USUAL_SPAN: Span = '180';

export interface Days {
  from?: string;
  to?: string;
}

export function spanOf(filter: FigureFilter): Span {
  return SPANS.find((span) => span === filter.span) ?? USUAL_SPAN;
}

/** First and last day, counted from `today`; what a person has not filled in yet is left to the server. */
export function daysOf(filter: FigureFilter, today: string): Days {
  const span = spanOf(filter);
  const last = isoDay(today);
  if (span === 'own') return { from: filter.from || undefined, to: filter.to || undefined };
  if (span === 'year') return { from: `${last.slice(0, 4)}-01-01`, to: last };
  const first = new Date(Date.parse(last) - (Number(span) - 1) * 86_400_000);
  return { from: first.toISOString().slice(0, 10), to: last };
}
