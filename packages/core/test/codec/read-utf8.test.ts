import { expect, it } from 'vitest';
import { readUtf8 } from '../../src/codec/utf8.ts';

// Short texts are read by a loop, eight characters at a time, and longer ones, or those that are not ASCII, by the platform.

it('reads texts of every length, with one character of two, three or four bytes at each place or none', () => {
  for (let length = 0; length <= 50; length++) {
    const ascii = Array.from({ length }, (_, i) => String.fromCharCode(0x21 + i)).join('');
    const texts = [ascii];
    for (let place = 0; place < length; place++) {
      for (const other of ['é', '\uFEFF', '\u{10FFFF}']) {
        texts.push(ascii.slice(0, place) + other + ascii.slice(place + 1));
      }
    }
    for (const text of texts) {
      const bytes = Buffer.from(`##${text}##`);
      expect(readUtf8(bytes, 2, bytes.length - 2)).toBe(text);
    }
  }
});
