import type { Figure } from '@/api/types-figure';

import { number } from '../figure-format';
import { amounts, base, decal, gutter, label, legend, legendHeight, names, value, type Chart, type Look, type Option } from './look';

/** Rows as bars from left to right, one colour and pattern for every column of counts, the sum at the end. */
function stacked(figure: Figure, look: Look, colours: string[]): Chart {
  const [head, ...rest] = figure.columns;
  const parts = rest.filter((column) => column.key !== 'total');
  const sums = figure.rows.map((row) => parts.reduce((sum, column) => sum + (value(row, column.key) ?? 0), 0));
  const bars: Option[] = parts.map((column, place) => ({
    name: column.title,
    type: 'bar',
    stack: 'all',
    barMaxWidth: 22,
    data: figure.rows.map((row) => value(row, column.key) ?? 0),
    itemStyle: { color: colours[place], decal: decal(place, look), borderColor: look.sheet, borderWidth: 1 },
  }));
  const ends: Option = {
    type: 'bar',
    stack: 'all',
    silent: true,
    tooltip: { show: false },
    data: sums.map(() => 0),
    label: { show: true, position: 'right', color: look.ink, fontSize: 13, formatter: ({ dataIndex }: { dataIndex: number }) => number(sums[dataIndex] ?? 0, look.language) },
  };
  const titles = parts.map((column) => column.title);
  const rows = figure.rows.map((row) => label(row, head?.key ?? 'key'));
  const top = legendHeight(look, titles);
  return {
    height: top + 32 + Math.max(rows.length, 2) * 34,
    option: {
      ...base(look),
      legend: legend(look, titles),
      grid: { left: gutter(look, rows), right: 48, top, bottom: 28 },
      xAxis: amounts(look),
      yAxis: names(look, rows),
      series: [...bars, ends],
    },
  };
}

export function ages(figure: Figure, look: Look): Chart {
  return stacked(figure, look, look.ages);
}

export function lights(figure: Figure, look: Look): Chart {
  return stacked(figure, look, [look.bad, look.warn, look.good, look.blue, look.grey]);
}
