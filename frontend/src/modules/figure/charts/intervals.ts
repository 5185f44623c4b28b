import type { Figure, FigureRow } from '@/api/types-figure';

import { number, percent } from '../figure-format';
import { amounts, base, decal, gutter, label, names, titleOf, tooltip, value, type Chart, type Look, type Option } from './look';

const BANDS = [0, 0.6, 0.8, 0.9, 1];

function whiskers(rows: FigureRow[], colour: string): Option[] {
  const low = rows.map((row) => value(row, 'low') ?? 0);
  return [
    { type: 'bar', stack: 'span', barWidth: 8, silent: true, itemStyle: { color: 'transparent' }, data: low },
    {
      type: 'bar',
      stack: 'span',
      barWidth: 8,
      silent: true,
      itemStyle: { color: colour, opacity: 0.35, borderRadius: 4 },
      data: rows.map((row, place) => (value(row, 'high') ?? 0) - (low[place] ?? 0)),
    },
  ];
}

/** Rates as dots within their intervals, before bands; units stand in the order of the tree and nobody is first. */
export function rates(figure: Figure, look: Look): Chart {
  const rows = figure.rows;
  const bands = BANDS.slice(0, -1).map((from, place) => [
    { xAxis: from, itemStyle: { color: place % 2 === 1 ? look.quiet : 'transparent', opacity: 0.7 } },
    { xAxis: BANDS[place + 1] },
  ]);
  const units = rows.map((row) => `${label(row, 'unit')} (${value(row, 'closed') ?? 0})`);
  return {
    height: 48 + Math.max(rows.length, 2) * 36,
    option: {
      ...base(look),
      tooltip: { ...tooltip(look), formatter: (at: { dataIndex: number }[]) => told(figure, rows[at[0]?.dataIndex ?? 0], look) },
      grid: { left: gutter(look, units), right: 28, top: 8, bottom: 28 },
      xAxis: amounts(look, { min: 0, max: 1, minInterval: 0, interval: 0.2, axisLabel: { color: look.soft, fontSize: 12, formatter: (at: number) => percent(at, look.language) } }),
      yAxis: names(look, units),
      series: [
        ...whiskers(rows, look.jade),
        {
          type: 'scatter',
          symbol: 'circle',
          symbolSize: 14,
          z: 4,
          data: rows.map((row, place) => [value(row, 'rate') ?? 0, place]),
          itemStyle: { color: look.jade, borderColor: look.sheet, borderWidth: 2 },
          label: { show: true, position: 'top', distance: 1, color: look.ink, fontSize: 12, fontWeight: 600, formatter: shown(rows, 'rate', look) },
          markArea: { silent: true, data: bands },
        },
      ],
    },
  };
}

function told(figure: Figure, row: FigureRow | undefined, look: Look): string {
  if (row === undefined) return '';
  const share = (key: string): string => percent(value(row, key) ?? 0, look.language, 1);
  return [
    label(row, figure.columns[0]?.key ?? 'key'),
    ...['rate', 'share'].filter((key) => value(row, key) !== null).map((key) => `${titleOf(figure, key)} ${share(key)} (${share('low')} – ${share('high')})`),
    ...(typeof row.band === 'string' ? [row.band] : []),
  ].join('\n');
}

/** What stands beside a row: the share; nothing for one that has none. */
function shown(rows: FigureRow[], key: string, look: Look): (at: { dataIndex: number }) => string {
  return ({ dataIndex }) => {
    const share = value(rows[dataIndex] ?? {}, key);
    return share === null ? '' : percent(share, look.language);
  };
}

function counted(row: FigureRow, look: Look): string {
  const count = value(row, 'count');
  return `${label(row, 'grade')} (${count === null ? look.few : number(count, look.language)})`;
}

/** Grades from best to worst: a bar for the share of each, its interval over it, how many people beside it; never a mean. */
export function ratings(figure: Figure, look: Look): Chart {
  const rows = figure.rows;
  const grades = rows.map((row) => counted(row, look));
  const colours = rows.map((row) => (row.key === 'unrated' ? look.grey : look.grades[5 - Number(String(row.key).slice(0, 1))] ?? look.jade));
  const [before, span] = whiskers(rows, look.ink);
  // A label fades with its bar, so the shares stand at an end of their own.
  return {
    height: 40 + Math.max(rows.length, 3) * 48,
    option: {
      ...base(look),
      tooltip: { ...tooltip(look), formatter: (at: { dataIndex: number }[]) => told(figure, rows[at[0]?.dataIndex ?? 0], look) },
      grid: { left: gutter(look, grades), right: 56, top: 8, bottom: 28 },
      xAxis: amounts(look, { min: 0, max: 1, minInterval: 0, interval: 0.25, axisLabel: { color: look.soft, fontSize: 12, formatter: (at: number) => percent(at, look.language) } }),
      yAxis: names(look, grades),
      series: [
        {
          type: 'bar',
          barWidth: 24,
          data: rows.map((row, place) => ({ value: value(row, 'share') ?? 0, itemStyle: { color: colours[place], borderRadius: [0, 4, 4, 0], decal: decal(place, look) } })),
        },
        { ...before, barWidth: 4, barGap: '-58%', z: 3 },
        { ...span, barWidth: 4, barGap: '-58%', z: 3 },
        { ...before, barWidth: 4, barGap: '-58%', data: rows.map(() => 0), label: { show: true, position: 'right', color: look.ink, fontSize: 13, fontWeight: 600, formatter: shown(rows, 'share', look) } },
      ],
    },
  };
}
