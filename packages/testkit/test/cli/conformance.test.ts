import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type Running } from './running.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'cli-conformance-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program of its own, with its arguments; without MQTT beyond the bytes that it has. */
function program(code: string, args = '{host} {port}'): string {
  const path = join(folder, `${Math.random()}.cjs`);
  writeFileSync(path, code);
  return `'${process.execPath}' '${path}' ${args}`;
}

const FIRST = 'the first packet is a CONNECT of MQTT';
const judge = (command: string, ...more: string[]): Running =>
  start('conformance', '--client', command, '--name', 'it', '--case', FIRST, ...more);

/** Sends CONNECT, and stays until the connection ends. */
const CONNECTS = `
  const [host, port] = process.argv.slice(2);
  const socket = require('node:net').connect(port, host);
  socket.on('error', () => {});
  socket.write(Buffer.from('100e00044d51545405020000000001' + '63', 'hex'));
`;

describe('minimq-testkit conformance', () => {
  it('judges a program, and writes its reports', async () => {
    const [report, json] = [join(folder, 'report.html'), join(folder, 'report.json')];
    const { out, err, exitCode } = judge(program(CONNECTS), '--report', report, '--json', json);
    expect(await exitCode, err() + out()).toBe(0);
    expect(err()).toBe('');
    expect(out()).toMatch(/it over tcp +[1-9]/);
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/i);
    const { runs } = JSON.parse(readFileSync(json, 'utf8')) as { runs: { result: { cases: { outcome: string }[] } }[] };
    expect(runs[0]?.result.cases.map(({ outcome }) => outcome)).toEqual(['passed']);
  });

  it('has the CA in a file where the way is TLS', async () => {
    const code = CONNECTS.replace(
      "require('node:net').connect(port, host)",
      "require('node:tls').connect({ port, host, ca: require('node:fs').readFileSync(process.argv[4]) })",
    );
    const { out, err, exitCode } = judge(program(code, '{host} {port} {ca}'), '--over', 'tls');
    expect(await exitCode, err() + out()).toBe(0);
    expect(out()).toMatch(/it over tls +[1-9]/);
  });

  it('says how a program has ended that did not connect', async () => {
    const { out, err, exitCode } = judge(program("console.error('no such option'); process.exitCode = 7;"));
    expect(await exitCode).toBe(1);
    expect(err()).toMatch(/^failed: the first packet .*\nminimq-testkit: The client has failed\n$/);
    expect(out()).toContain('The program has ended without connecting');
    expect(out()).toContain('The program has exited with 7, and has said last:\n    no such option');
  });

  it('says that a program was ended by a signal, or never started', async () => {
    const crash = judge(program("process.kill(process.pid, 'SIGKILL')"));
    expect(await crash.exitCode).toBe(1);
    expect(crash.out()).toContain('The program was ended by SIGKILL');
    const missing = judge('/no/such/program');
    expect(await missing.exitCode).toBe(1);
    expect(missing.out()).toContain('The program could not be started: spawn /no/such/program ENOENT');
  });

  it('spares known failures, and says which of them pass', async () => {
    const list = start('conformance', '--list', '--case', FIRST);
    expect(await list.exitCode).toBe(0);
    const name = /^(the first packet .*)$/m.exec(list.out())![1]!;
    const known = join(folder, 'known.json');
    writeFileSync(known, JSON.stringify({ [name]: 'It is only a test.' }));
    const failing = judge('/no/such/program', '--known', known);
    expect(await failing.exitCode, failing.err()).toBe(0);
    expect(failing.out()).toContain('It is only a test.');
    const passing = judge(program(CONNECTS), '--known', known);
    expect(await passing.exitCode).toBe(0);
    expect(passing.out()).toContain(`known failures that pass now; take them off the list\n  ${name}`);
  });

  it('reports what a program cannot do as not supported', async () => {
    const { out, exitCode } = judge('/no/such/program', '--plays', 'publish,subscribe');
    expect(await exitCode).toBe(0);
    expect(out()).toContain('Nothing failed that is not known.');
  });

  it('lists what programs have to do', async () => {
    const { out, exitCode } = start('conformance', '--list', '--case', `${FIRST}|the topic comes first in a PUBLISH`);
    expect(await exitCode).toBe(0);
    expect(out()).toMatch(/^connect: connect\n/);
    expect(out()).toMatch(/\n {2}MQTT-[\d., MQT-]+\n {2}publish(-stay)? "x" to "a\/b" at QoS 1\n/);
    expect(out()).toMatch(/\n2 of 2 cases; /);
  });

  it('stops when it is asked to', async () => {
    const forever = program("setInterval(() => {}, 1000); console.error('started');");
    const { err, exitCode, stop } = judge(forever);
    stop();
    expect(await exitCode).toBe(1);
    expect(err()).toContain('minimq-testkit: It was stopped before its end\n');
  });

  it.each([
    [[], '--client is missing'],
    [['--client', '"'], 'The command leaves a " open'],
    [['--client', 'x', '--over', 'udp'], 'is invalid'],
    [['--client', 'x', '--case', '('], 'Invalid regular expression'],
    [['--client', 'x', '--lacks', 'colour'], "There is no feature 'colour'"],
    [['--client', 'x', '--plays', 'dance'], "There is no behaviour 'dance'"],
    [['--client', 'x', '--concurrency', '0'], 'It has to be a whole number from 1 to 999'],
  ])('exits with 2 for %j', async (args, message) => {
    const { err, exitCode } = start('conformance', ...args);
    expect(await exitCode).toBe(2);
    expect(err()).toContain(message);
  });

  it.each([
    ['no JSON', '{', 'JSON'],
    ['a list', '[]', 'A list of known failures has to be an object'],
    ['an empty reason', '{ "x": " " }', "The known failure 'x' needs a reason"],
  ])('exits with 2 for a file of known failures with %s', async (_, text, message) => {
    const known = join(folder, 'wrong.json');
    writeFileSync(known, text);
    const { err, exitCode } = judge('x', '--known', known);
    expect(await exitCode).toBe(2);
    expect(err()).toContain(message);
  });
});
