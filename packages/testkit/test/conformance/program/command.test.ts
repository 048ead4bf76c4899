import { describe, expect, it } from 'vitest';
import { fillIn, placeholdersFor, splitCommand } from '../../../src/conformance/program/command.ts';

describe('splitCommand()', () => {
  it.each([
    ['client {host} {port}', ['client', '{host}', '{port}']],
    ['  client\t-v\n', ['client', '-v']],
    [`client 'a b' "c d" e\\ f`, ['client', 'a b', 'c d', 'e f']],
    [`client "a\\"b" 'a\\b' x'y'z ''`, ['client', 'a"b', 'a\\b', 'xyz', '']],
    [
      'client $(reboot); a && b | c > d `e` *',
      ['client', '$(reboot);', 'a', '&&', 'b', '|', 'c', '>', 'd', '`e`', '*'],
    ],
  ])('takes %j apart', (command, parts) => {
    expect(splitCommand(command)).toEqual(parts);
  });

  it.each([
    ["client 'a", "The command leaves a ' open"],
    ['client "a', 'The command leaves a " open'],
    ['  ', 'The command is empty'],
    ["''", 'The command is empty'],
  ])('refuses %j', (command, message) => {
    expect(() => splitCommand(command)).toThrow(new TypeError(message));
  });
});

describe('fillIn()', () => {
  const task = { topic: 'a {port}; b', payload: '', qos: 1, retain: true, mayRefuse: false } as const;
  const placeholders = placeholdersFor('wss://127.0.0.1:4711', '/tmp/ca.pem', { behaviour: 'publish', ...task });

  it('knows the broker and the task', () => {
    const all = '{host}|{port}|{url}|{ca}|{case}|{payload}|{qos}|{retain}';
    expect(fillIn(all, placeholders)).toBe('127.0.0.1|4711|wss://127.0.0.1:4711|/tmp/ca.pem|publish||1|1');
  });

  it('fills in once, and leaves other braces alone', () => {
    expect(fillIn('{topic} {other} {"a": {port}} {constructor}', placeholders)).toBe(
      'a {port}; b {other} {"a": 4711} {constructor}',
    );
  });
});
