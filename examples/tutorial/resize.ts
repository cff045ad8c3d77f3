/** A grey image, one byte a pixel. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Shrinks an image to `width` pixels: each new pixel is the mean of those that it covers. Pure computing, without a moment's rest. */
export function resize(image: Image, width: number): Image {
  const height = Math.max(1, Math.round((image.height * width) / image.width));
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels[y * width + x] = meanOf(image, x / width, y / height, 1 / width, 1 / height);
  }
  return { width, height, pixels };
}

/** The mean brightness of a part of an image; places and sizes are fractions of the whole. */
function meanOf(image: Image, left: number, top: number, width: number, height: number): number {
  const [x0, x1] = [Math.floor(left * image.width), Math.ceil((left + width) * image.width)];
  const [y0, y1] = [Math.floor(top * image.height), Math.ceil((top + height) * image.height)];
  let sum = 0;
  let count = 0;
  for (let y = y0; y < Math.min(y1, image.height); y++) {
    for (let x = x0; x < Math.min(x1, image.width); x++, count++) sum += image.pixels[y * image.width + x]!;
  }
  return sum / count;
}
