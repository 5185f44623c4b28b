import type { components } from './schema';

type Schemas = components['schemas'];

export type Figure = Schemas['FigureOut'];
export type FigureRow = Figure['rows'][number];
export type FigureColumn = Schemas['FigureColumn'];
export type FigureFact = Schemas['FigureFact'];
