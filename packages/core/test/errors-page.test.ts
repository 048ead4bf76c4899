import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const source = readFileSync(new URL('../src/errors.ts', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** The union ErrorCode, as written: the literals of every type whose name ends in ErrorCode. */
function codesInSource(): string[] {
  const unions = [...source.matchAll(/export type \w*ErrorCode =([^;]*);/g)].map(([, union]) => union!);
  return unions.flatMap((union) => [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code!));
}

describe('the page of errors', () => {
  it('has an entry for each code, and no other', () => {
    const entries = [...page.matchAll(/^### `([a-z-]+)`$/gm)].map(([, code]) => code!);
    expect(codesInSource().length).toBeGreaterThan(15);
    expect([...entries].sort()).toEqual([...codesInSource()].sort());
  });

  it('has an entry for each class', () => {
    const classes = [...source.matchAll(/export class (\w+Error) extends MqttError/g)].map(([, name]) => name!);
    const headings = [...page.matchAll(/^## (\w+Error)$/gm)].map(([, name]) => name!);
    expect(headings.sort()).toEqual(classes.sort());
  });

  it('finds no code in two classes', () => {
    const codes = codesInSource();
    expect(new Set(codes).size).toBe(codes.length);
  });
});
