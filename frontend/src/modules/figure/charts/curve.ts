import type { Figure } from '@/api/types-figure';

import { number, percent } from '../figure-format';
import { amounts, base, titleOf, tooltip, value, type Chart, type Look } from './look';

/** The share that was answered within so many days, climbing in steps; the limits are lines across. */
export function curve(figure: Figure, look: Look): Chart {
  const points = figure.rows.map((row): [number, number] => [value(row, 'last') ?? 0, value(row, 'share') ?? 0]);
  const end = Math.ceil((Math.max(...points.map(([days]) => days), ...figure.lines.map((line) => line.at)) + 1) / 5) * 5;
  const shown = new Map(points);
  return {
    height: 320,
    option: {
      ...base(look),
      tooltip: {
        ...tooltip(look),
        axisPointer: { type: 'line', lineStyle: { color: look.soft, type: 'dashed' } },
        formatter: (at: { value: [number, number] }[]) => {
          const [days, share] = at[0]?.value ?? [0, 0];
          return shown.has(days) ? `${titleOf(figure, 'last')} ${number(days, look.language)}\n${titleOf(figure, 'share')} ${percent(share, look.language)}` : '';
        },
      },
      grid: { left: 44, right: 28, top: 32, bottom: 48 },
      xAxis: amounts(look, { min: 0, max: end, interval: 5, name: figure.unit, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: look.soft, fontSize: 12 }, splitLine: { show: false } }),
      yAxis: amounts(look, { min: 0, max: 1, minInterval: 0, interval: 0.25, axisLabel: { color: look.soft, fontSize: 12, formatter: (at: number) => percent(at, look.language) } }),
      series: [
        {
          type: 'line',
          step: 'end',
          symbolSize: 7,
          data: [[0, 0], ...points, [end, points.at(-1)?.[1] ?? 0]],
          lineStyle: { color: look.jade, width: 3 },
          itemStyle: { color: look.jade },
          areaStyle: { color: look.jade, opacity: 0.12 },
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: look.bad, type: 'dashed', width: 1.5 },
            data: figure.lines.map((line) => ({ xAxis: line.at, name: line.title })),
            label: { formatter: look.width < 520 ? '{c}' : '{b}', color: look.soft, fontSize: 12, position: 'end' },
          },
        },
      ],
    },
  };
}
