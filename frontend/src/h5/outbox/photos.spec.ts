import { describe, expect, it } from 'vitest';

import { fit, lightest, MOST_BYTES, type Extent } from './photos';

const camera: Extent = { width: 4000, height: 3000 };

/** A drawing whose weight follows from its pixels, as a noisy photo's does. */
const drawing = (bytesPerPixel: number) => async ({ width, height }: Extent, quality: number): Promise<Blob> =>
  new Blob([new Uint8Array(Math.round(width * height * bytesPerPixel * quality))]);

describe('a photo', () => {
  it('keeps its shape and is never made larger', () => {
    expect(fit(camera, 1600)).toEqual({ width: 1600, height: 1200 });
    expect(fit({ width: 3000, height: 4000 }, 1600)).toEqual({ width: 1200, height: 1600 });
    expect(fit({ width: 320, height: 200 }, 1600)).toEqual({ width: 320, height: 200 });
    expect(fit({ width: 9000, height: 1 }, 1600)).toEqual({ width: 1600, height: 1 });
  });

  it('is as large and fine as its weight allows', async () => {
    const tries: [number, number][] = [];
    const draw = drawing(0.35);
    const found = await lightest(camera, (extent, quality) => {
      tries.push([extent.width, quality]);
      return draw(extent, quality);
    });
    expect(found?.size).toBeLessThanOrEqual(MOST_BYTES);
    expect(tries).toEqual([[1600, 0.82], [1600, 0.7]]);
  });

  it.each([0.05, 0.2, 0.5, 1, 1.2])('weighs at most 500 KB at %f bytes a pixel', async (weight) => {
    expect((await lightest(camera, drawing(weight)))?.size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('is given up when nothing is light enough, and when nothing could be drawn', async () => {
    expect(await lightest(camera, drawing(9))).toBeNull();
    expect(await lightest(camera, async () => null)).toBeNull();
  });
});
