import { describe, expect, it } from 'vitest';
import { otherClients } from '../src/clients/index.ts';
import { runOptions, USAGE } from '../src/options.ts';

describe('runOptions()', () => {
  it('runs our session alone by default', () => {
    expect(runOptions([])).toMatchObject({ others: [], withOurs: true, cases: undefined });
  });

  it('takes other clients once each, and cases by a pattern', () => {
    const options = runOptions(['--client', 'mqttjs', '--client', 'mqttjs', '--case', 'QoS [12]', '--only'])!;
    expect(options.others).toEqual([['mqttjs', otherClients['mqttjs']]]);
    expect(options.withOurs).toBe(false);
    expect(options.cases?.test('a QoS 1 message')).toBe(true);
    expect(runOptions(['--all'])?.others.map(([name]) => name)).toEqual(Object.keys(otherClients));
  });

  it('says what is wrong', () => {
    expect(() => runOptions(['--client', 'toString'])).toThrow(new TypeError("There is no client 'toString'"));
    expect(() => runOptions(['--only'])).toThrow(new TypeError('--only leaves nothing to run'));
    expect(() => runOptions(['--case', '('])).toThrow(SyntaxError);
    expect(() => runOptions(['--wrong'])).toThrow(TypeError);
  });

  it('has a text for those who ask', () => {
    expect(runOptions(['--help'])).toBeUndefined();
    for (const name of Object.keys(otherClients)) expect(USAGE).toContain(name);
  });
});
