/** The words of a key, with its parameters filled in: desk and phone have each their own way to them. */
export type Say = (key: string, values?: Record<string, string | number>) => string;
