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
    const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const { width, height } = canvas;
    canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
    // A moving picture would stand still.
    const content = file.type === 'image/gif' ? file : await encoded(canvas, file.type);
    return {
      ...plain,
      name: withExtension(plain.name, content.type),
      content,
      width,
      height,
      isPicture: true,
    };
  } finally {
    picture.close();
  }
}

/** Encodes in the type of the file where the browser can, else as PNG. */
function encoded(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('No picture.'))), type, QUALITY),
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
