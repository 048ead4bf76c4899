import { randomFillSync } from 'node:crypto';

/**
 * Fills in the mask of a frame. Never zeros: those change nothing, so that `ws` would send the caller's own bytes, which
 * may be overwritten by then, instead of a masked copy.
 */
export function generateMask(mask: Uint8Array, fill: (mask: Uint8Array) => void = randomFillSync): void {
  do fill(mask);
  while (mask.every((byte) => byte === 0));
}
