import { describe, expect, it } from 'vitest';
import { bytesOfHex, countBytes, hexOf } from '../../src/transcript/hex.ts';

describe('hexadecimal', () => {
  it('goes both ways, in any grouping', () => {
    expect(hexOf(bytesOfHex('00 0AfF\n1'.concat('0')))).toBe('00 0a ff 10');
    expect(hexOf(new Uint8Array(0))).toBe('');
  });

  it.each(['0', 'zz', '0x00', '00 0'])('refuses %s', (text) => {
    expect(() => bytesOfHex(text)).toThrow(TypeError);
  });

  it('counts bytes as people do', () => {
    expect([countBytes(0), countBytes(1), countBytes(1_024)]).toEqual(['0 bytes', '1 byte', '1,024 bytes']);
  });
});
