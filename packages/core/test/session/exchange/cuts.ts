import type { CutAfterOptions, DirectionName, MemoryLink } from '@minimq/testkit';

/** The ways in which a link breaks at one byte. */
export const BREAKS: readonly { readonly name: string; readonly options: CutAfterOptions }[] = [
  { name: 'when the writer has handed over so many bytes, which arrive', options: {} },
  {
    name: 'when the writer has handed over so many bytes, which are lost',
    options: { inFlight: 'lost', reads: 'reset' },
  },
  { name: 'when the reader has taken so many bytes', options: { counted: 'read' } },
];

export const DIRECTIONS: readonly DirectionName[] = ['toServer', 'toClient'];

/** Cuts the link `bytes` bytes from now in one direction. */
export function cutIn(link: MemoryLink, name: DirectionName, bytes: number, options: CutAfterOptions): void {
  const direction = link[name];
  direction.cutAfter((options.counted === 'read' ? direction.readBytes : direction.writtenBytes) + bytes, options);
}
