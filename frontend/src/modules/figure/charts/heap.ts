import type { Figure } from '@/api/types-figure';

import { amounts, base, decal, label, legend, titleOf, value, type Chart, type Look } from './look';

/** Above, what is open; below it what came in, upwards, and what was closed, downwards: a heap shrinks when the lower half outweighs. */
export function heap(figure: Figure, look: Look): Chart {
  const days = figure.rows.map((row) => label(row, 'from').slice(5));
  const axis = { type: 'category', data: days, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } } };
  const positive = (at: number): string => String(Math.abs(at));
  return {
    height: 430,
    option: {
      ...base(look),
      legend: legend(look),
      tooltip: { ...(base(look).tooltip as object), valueFormatter: (at: number) => positive(at) },
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      grid: [
        { left: 48, right: 12, top: 36, height: 184 },
        { left: 48, right: 12, top: 256, bottom: 28 },
      ],
      xAxis: [
        { ...axis, axisLabel: { show: false } },
        { ...axis, gridIndex: 1, axisLabel: { color: look.soft, fontSize: 12, hideOverlap: true } },
      ],
      yAxis: [amounts(look, { splitNumber: 3 }), amounts(look, { gridIndex: 1, splitNumber: 3, axisLabel: { color: look.soft, fontSize: 12, formatter: positive } })],
      series: [
        {
          name: titleOf(figure, 'open'),
          type: 'line',
          showSymbol: false,
          data: figure.rows.map((row) => value(row, 'open')),
          lineStyle: { color: look.jade, width: 3 },
          itemStyle: { color: look.jade },
          areaStyle: { color: look.jade, opacity: 0.14 },
        },
        {
          name: titleOf(figure, 'opened'),
          type: 'bar',
          stack: 'flow',
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: figure.rows.map((row) => value(row, 'opened')),
          itemStyle: { color: look.warn, decal: decal(1, look) },
        },
        {
          name: titleOf(figure, 'closed'),
          type: 'bar',
          stack: 'flow',
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: figure.rows.map((row) => -(value(row, 'closed') ?? 0)),
          itemStyle: { color: look.good, decal: decal(0, look) },
        },
      ],
    },
  };
}
