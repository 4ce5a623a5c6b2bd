/** How much of a paper a mail shows, in UTF-16 units and pieces, so that the whole mail stays within its size. */
export type Room = {
  title: number;
  summary: number;
  author: number;
  topic: number;
  reason: number;
  reasons: number;
  url: number;
  thumbnail: boolean;
};

const MOST: Room = {
  title: 240,
  summary: 440,
  author: 48,
  topic: 64,
  reason: 140,
  reasons: 4,
  url: 300,
  thumbnail: true,
};
export const LEAST: Room = {
  title: 64,
  summary: 0,
  author: 12,
  topic: 20,
  reason: 40,
  reasons: 1,
  url: 0,
  thumbnail: false,
};

/** From the most to the least: the first in which a digest fits is taken. */
export const ROOMS: readonly Room[] = [
  MOST,
  { ...MOST, summary: 320 },
  { ...MOST, summary: 240, title: 160, reason: 90 },
  { ...MOST, summary: 140, title: 120, author: 32, topic: 40, reason: 80, reasons: 2, url: 160 },
  LEAST,
];
