import type { Run } from '@/api/types-procedure';
import { isoDay } from '@/core/format';

import type { TrailStep } from '../types';

/** The steps of a run in the shape that the public pages draw. */
export function runSteps(run: Run): TrailStep[] {
  return run.steps.map((step) => {
    const at = step.closed_at ?? step.opened_at;
    return { title: step.title, state: step.state, day: at ? isoDay(at) : null };
  });
}
