import type { Light } from '@/api/types';

/** How a light is told without colour: a word (key of the texts) and the name of a shape. */
export interface LightWord {
  key: string;
  shape: 'circle' | 'triangle' | 'square' | 'diamond' | 'ring';
}

const WORDS: Record<Light, LightWord> = {
  green: { key: 'light.green', shape: 'circle' },
  yellow: { key: 'light.yellow', shape: 'triangle' },
  red: { key: 'light.red', shape: 'square' },
  blue: { key: 'light.blue', shape: 'diamond' },
  grey: { key: 'light.grey', shape: 'ring' },
};

export function lightWord(light: Light | null | undefined): LightWord {
  return WORDS[light ?? 'grey'];
}
