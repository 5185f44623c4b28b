/** Pictures are drawn anew on the phone: at most 500 KB on the wire, and no place, time or camera left inside. */
export const MOST_BYTES = 500_000;
export const MOST_PHOTOS = 9;
const LONGEST_EDGES = [1600, 1280, 1024, 800, 640];
const QUALITIES = [0.82, 0.7, 0.58];

export interface Extent {
  width: number;
  height: number;
}

/** The size whose longer edge is at most `edge`; nothing is made larger. */
export function fit(extent: Extent, edge: number): Extent {
  const share = Math.min(1, edge / Math.max(extent.width, extent.height));
  return { width: Math.max(1, Math.round(extent.width * share)), height: Math.max(1, Math.round(extent.height * share)) };
}

/** The first drawing that is light enough: large before small, fine before coarse. Null when none is. */
export async function lightest(extent: Extent, draw: (extent: Extent, quality: number) => Promise<Blob | null>): Promise<Blob | null> {
  for (const edge of LONGEST_EDGES) {
    for (const quality of QUALITIES) {
      const drawn = await draw(fit(extent, edge), quality);
      if (drawn && drawn.size <= MOST_BYTES) return drawn;
    }
  }
  return null;
}

async function decode(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  if (typeof createImageBitmap === 'function') {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
    if (bitmap) return bitmap;
  }
  const image = new Image();
  const address = URL.createObjectURL(file);
  image.src = address;
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  return image;
}

/** The picture as JPEG of at most `MOST_BYTES`; null when this browser cannot read it. */
export async function shrink(file: Blob): Promise<ArrayBuffer | null> {
  const source = await decode(file).catch(() => null);
  if (!source) return null;
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d');
  if (!brush) return null;
  const drawn = await lightest({ width: source.width, height: source.height }, (extent, quality) => {
    canvas.width = extent.width;
    canvas.height = extent.height;
    // JPEG knows no transparency: what is clear would turn black.
    brush.fillStyle = '#ffffff';
    brush.fillRect(0, 0, extent.width, extent.height);
    brush.drawImage(source, 0, 0, extent.width, extent.height);
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
  });
  if ('close' in source) source.close();
  return drawn ? drawn.arrayBuffer() : null;
}
