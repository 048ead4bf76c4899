import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allCases, knownFailuresFrom } from '@minimq/testkit/conformance';
import { otherClients } from '../src/clients/index.ts';

describe.each(Object.keys(otherClients))('the known failures of %s', (name) => {
  const path = new URL(`../known/${name}.json`, import.meta.url);
  const known = knownFailuresFrom(JSON.parse(readFileSync(path, 'utf8')));

  it('are of cases that there are, each with whole sentences', () => {
    const names = allCases.map((one) => one.name);
    expect(known.filter((failure) => !names.includes(failure.case))).toEqual([]);
    expect(known.filter(({ reason }) => !/^[A-Z].*\.$/.test(reason))).toEqual([]);
    expect(known.length).toBeGreaterThan(0);
  });
});
