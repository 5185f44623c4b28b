import type { Figure } from '@/api/types-figure';

import { curve } from './curve';
import { funnel } from './funnel';
import { heap } from './heap';
import { ratings, rates } from './intervals';
import type { Chart, Look } from './look';
import { ages, lights } from './stacked';

export type { Chart, Look } from './look';

const CHARTS: Record<string, (figure: Figure, look: Look) => Chart> = {
  open_by_age_and_source: ages,
  funnel,
  on_time_rate: rates,
  response_time: curve,
  satisfaction: ratings,
  burn_down: heap,
  lights,
};

/** The picture of a figure; nothing for one that is drawn otherwise. */
export function chartOf(figure: Figure, look: Look): Chart | null {
  return CHARTS[figure.key]?.(figure, look) ?? null;
}

/** Whether there is anything to look at. */
export function isEmpty(figure: Figure): boolean {
  return figure.rows.length === 0 || (figure.n === 0 && figure.key !== 'units_without');
}
