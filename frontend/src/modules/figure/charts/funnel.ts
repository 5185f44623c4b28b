import type { Figure } from '@/api/types-figure';

import { number } from '../figure-format';
import { base, decal, gutter, label, legend, names, titleOf, value, type Chart, type Look } from './look';

/** Every step as a bar: how many came to it, and over it how many finished it; the days that it took stand behind. */
export function funnel(figure: Figure, look: Look): Chart {
  const most = Math.max(1, ...figure.rows.map((row) => value(row, 'reached') ?? 0));
  const days = figure.rows.map((row) => value(row, 'median_days'));
  const medians = titleOf(figure, 'median_days');
  const steps = figure.rows.map((row) => label(row, 'step'));
  return {
    height: 44 + figure.rows.length * 35,
    option: {
      ...base(look),
      legend: legend(look, [titleOf(figure, 'reached'), titleOf(figure, 'done')]),
      grid: { left: gutter(look, steps), right: 150, top: 36, bottom: 8 },
      xAxis: { type: 'value', show: false, max: most },
      yAxis: names(look, steps),
      series: [
        {
          name: titleOf(figure, 'reached'),
          type: 'bar',
          barWidth: 22,
          barGap: '-100%',
          data: figure.rows.map((row) => value(row, 'reached') ?? 0),
          itemStyle: { color: look.quiet, borderColor: look.jade, borderWidth: 1, borderRadius: 4 },
          label: {
            show: true,
            position: 'right',
            color: look.soft,
            fontSize: 12,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const reached = number(value(figure.rows[dataIndex] ?? {}, 'reached') ?? 0, look.language);
              const median = days[dataIndex];
              return median === null || median === undefined ? reached : `${reached} · ${medians} ${number(median, look.language, 1)}`;
            },
          },
        },
        {
          name: titleOf(figure, 'done'),
          type: 'bar',
          barWidth: 22,
          z: 3,
          data: figure.rows.map((row) => value(row, 'done') ?? 0),
          itemStyle: { color: look.jade, borderRadius: 4, decal: decal(0, look) },
        },
      ],
    },
  };
}
