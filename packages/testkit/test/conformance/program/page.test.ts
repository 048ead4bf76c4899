import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { afterAll, describe, expect, it } from 'vitest';
import * as conformance from '@minimq/testkit/conformance';
import { OUTCOME_NAMES } from '../../../src/conformance/report/outcomes.ts';
import { start } from '../../cli/running.ts';

// What docs/conformance.md says is run as it stands there.

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const page = readFileSync(path('../../../../../docs/conformance.md'), 'utf8');
const blocks = (kind: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].filter((match) => match[1] === kind).map((match) => match[2]!);

// Inside the package, so that programs find what it depends on.
const cache = path('../../../node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'page-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [program, adapter] = blocks('js');
const client = join(folder, 'client.mjs');
writeFileSync(client, program!);

/** The command line of the page, for these cases. */
function judge(pattern: string, ...more: string[]): ReturnType<typeof start> {
  const [, command] = /--client '([^']*)'/.exec(blocks('sh')[0]!)!;
  const called = command!.replace('node client.mjs', `'${process.execPath}' '${client}'`);
  return start('conformance', '--client', called, '--name', 'it', '--case', pattern, ...more);
}

describe('docs/conformance.md', () => {
  it.each(['tcp', 'ws'])('has a program that plays every behaviour over %s', async (over) => {
    const pattern = [
      'the first packet is a CONNECT of MQTT',
      'a QoS 0 PUBLISH has no Packet Identifier',
      'the topic comes first in a PUBLISH',
      'SUBSCRIBE begins with 82',
      'UNSUBSCRIBE begins with A2',
      'a plain DISCONNECT begins with E0',
      'a QoS 1 message is acknowledged with its identifier',
    ].join('|');
    const { out, err, exitCode } = judge(pattern, '--over', over);
    expect(await exitCode, err() + out()).toBe(0);
    expect(out()).toContain('Nothing failed that is not known.');
    expect(out()).toMatch(new RegExp(`it over ${over} +[1-9]`));
  });

  it('has a list of known failures that is one', async () => {
    const known = join(folder, 'known.json');
    writeFileSync(known, blocks('json')[0]!);
    const report = join(folder, 'report.html');
    const { out, err, exitCode } = judge('QoS 3 \\(36\\) ends', '--known', known, '--report', report);
    expect(await exitCode, err()).toBe(0);
    expect(out()).toContain('it over tcp: known failures\n  a PUBLISH of QoS 3 (36) ends the connection');
    expect(readFileSync(report, 'utf8')).toContain('It reports an error and keeps the connection');
  });

  it('has an adapter that works', async () => {
    const printed: string[] = [];
    const names = [
      'the first packet is a CONNECT of MQTT',
      'a QoS 1 message goes out as PUBLISH',
      'QoS 2 message gets PUBREC',
    ];
    const cases = conformance.allCases.filter(({ name }) => names.some((part) => name.includes(part)));
    const known: Record<string, unknown> = {
      ...conformance,
      mqtt,
      console: { log: (text: string) => printed.push(text) },
      runConformance: (options: conformance.ConformanceOptions) => conformance.runConformance({ ...options, cases }),
    };
    const body = adapter!.replaceAll(/^import .*$/gm, '');
    // oxlint-disable-next-line typescript/no-implied-eval -- the sample is the thing under test
    const run = new Function(...Object.keys(known), `return (async () => { ${body} })();`);
    await (run(...Object.values(known)) as Promise<void>);
    expect(cases).toHaveLength(3);
    expect(printed.join('\n')).toContain('Nothing failed that is not known.');
    expect(printed.join('\n')).toMatch(/MQTT\.js over tcp +[1-9].* 0 +0 +0 /);
  });

  it('names every behaviour, option and outcome', () => {
    for (const behaviour of Object.keys(conformance.BEHAVIOURS)) expect(page).toContain(`\n| \`${behaviour}\``);
    for (const { label } of OUTCOME_NAMES) expect(page).toContain(`\n| ${label} `);
    for (const way of ['tcp', 'tls', 'ws', 'wss']) expect(page).toContain(`\`${way}\``);
  });
});
