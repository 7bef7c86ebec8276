import type { FileDraft } from '../../client/files';

/** What the page shows as a picture: formats without active content. */
export const PICTURES: ReadonlySet<string> = new Set([
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
]);

/** A sent picture has at most this many pixels on each side. */
const MAX_SIDE = 2048;
const QUALITY = 0.85;

/** The same of a tile, which lists show in place of the picture. */
const TILE_SIDE = 400;
const TILE_QUALITY = 0.7;
/** A smaller picture is its own tile. */
const MIN_BYTES_FOR_TILE = 50 * 1024;

/** A file that the user has chosen, as it will be sent. */
export interface Chosen extends FileDraft {
  key: string;
  /** The content is a picture that the page can show. */
  isPicture?: boolean;
  /** The browser could not open the picture, so it is sent as it is: with the place that a camera has noted. */
  isUnopened?: boolean;
}

let keys = 0;

/** Prepares a file. It draws a picture, at most 2048 pixels wide and high, and leaves out what the camera has noted. */
export async function prepare(file: File): Promise<Chosen> {
  keys += 1;
  const plain: Chosen = { key: `file-${keys}`, name: file.name || 'file', content: file };
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return plain;
  try {
    return await drawn(plain, file);
  } catch {
    return { ...plain, isUnopened: true };
  }
}

async function drawn(plain: Chosen, file: File): Promise<Chosen> {
  const picture = await createImageBitmap(file);
  try {
    // A moving picture would stand still.
    const isMoving = file.type === 'image/gif';
    const canvas = scaled(picture, MAX_SIDE);
    const content = isMoving ? file : await encoded(canvas, file.type, QUALITY);
    const isLarge = !isMoving && content.size > MIN_BYTES_FOR_TILE;
    return {
      ...plain,
      name: withExtension(plain.name, content.type),
      content,
      tile: isLarge ? await encoded(scaled(picture, TILE_SIDE), tileType(file), TILE_QUALITY) : undefined,
      width: canvas.width,
      height: canvas.height,
      isPicture: true,
    };
  } finally {
    picture.close();
  }
}

/** A format that is small, and that keeps what is transparent. */
const tileType = ({ type }: File) => (type === 'image/jpeg' ? type : 'image/webp');

/** Draws a picture so that no side is longer than this. */
function scaled(picture: ImageBitmap, maxSide: number): HTMLCanvasElement {
  const scale = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Encodes in the type of the file where the browser can, else as PNG. */
function encoded(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('No picture.'))), type, quality),
  );
}

const EXTENSIONS: Record<string, RegExp> = {
  'image/jpeg': /\.jpe?g$/i,
  'image/png': /\.png$/i,
  'image/webp': /\.webp$/i,
};

/** The name with the extension of the type that the picture now has. */
function withExtension(name: string, type: string): string {
  if (EXTENSIONS[type]?.test(name) ?? true) return name;
  return `${name.replace(/\.[^.]*$/, '')}.${type.slice('image/'.length)}`;
}
