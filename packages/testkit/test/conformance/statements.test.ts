import { describe, expect, it } from 'vitest';
import { allCases, FEATURES, neededFeatures, statements, unobservable } from '@minimq/testkit/conformance';

const ids = statements.map(({ id }) => id);
const named = new Set(allCases.flatMap((conformanceCase) => conformanceCase.statements));

/** How many statements each chapter of the standard has. */
const COUNTS = { 'MQTT-1': 5, 'MQTT-2': 7, 'MQTT-3': 175, 'MQTT-4': 60, 'MQTT-6': 4 };

/** `MQTT-3.1.2-24` as numbers. */
function numbersOf(id: string): readonly number[] {
  return [...id.matchAll(/\d+/g)].map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((number, index) => number !== b[index]);
  return place === -1 ? 0 : a[place]! - b[place]!;
}

describe('the table of statements', () => {
  it('has all 251, each once, in the order of the standard', () => {
    expect(ids).toHaveLength(251);
    expect(new Set(ids).size).toBe(251);
    expect(ids).toEqual([...ids].sort((a, b) => compare(numbersOf(a), numbersOf(b))));
    const counts = Object.keys(COUNTS).map((chapter) => [
      chapter,
      ids.filter((id) => id.startsWith(`${chapter}.`)).length,
    ]);
    expect(Object.fromEntries(counts)).toEqual(COUNTS);
  });

  it('says of each who obeys, what a client has to do, and what it is about', () => {
    for (const { role, duty, summary } of statements) {
      expect(['client', 'server', 'both']).toContain(role);
      expect(['sends', 'rejects', 'state', 'none']).toContain(duty);
      expect(summary).toMatch(/^\S.+\.$/);
    }
    expect(statements.filter(({ role, duty }) => role === 'client' && duty === 'none')).toEqual([]);
  });
});

describe('the cases', () => {
  it('name statements that there are, and each case at least one', () => {
    expect([...named].filter((id) => !ids.includes(id))).toEqual([]);
    expect(allCases.filter((conformanceCase) => conformanceCase.statements.length === 0)).toEqual([]);
  });

  it('have names of their own, and need what is listed as a feature', () => {
    const names = allCases.map(({ name }) => name);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
    expect(allCases.flatMap(neededFeatures).filter((feature) => !(feature in FEATURES))).toEqual([]);
  });

  it('name every statement, but for those that cannot be seen', () => {
    const missing = statements.filter(({ id }) => !named.has(id) && !(id in unobservable));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it('name none that is said to be unobservable', () => {
    const unknown = Object.keys(unobservable).filter((id) => !(ids as readonly string[]).includes(id));
    expect(unknown).toEqual([]);
    // What asks something of a client shows on the wire.
    expect(statements.filter(({ id, duty }) => (duty === 'none') !== id in unobservable)).toEqual([]);
    expect([...named].filter((id) => id in unobservable)).toEqual([]);
    expect(Object.values(unobservable).filter((reason = '') => !/^\S.+\.$/.test(reason))).toEqual([]);
  });
});
