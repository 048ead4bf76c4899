import { describe, expect, it } from 'vitest';
import { allCases, conformanceReport, memoryWay, runConformance } from '@minimq/testkit/conformance';
import { minimq } from '../src/clients/index.ts';
import { resultsPage } from '../src/results.ts';

describe('resultsPage()', () => {
  it('has the counts of each run, and each statement that can be observed', async () => {
    const client = { ...minimq, name: 'it', features: minimq.features.filter((feature) => feature !== 'will') };
    const cases = allCases.filter(({ name }) => /Will Topic outside ASCII|first packet is a CONNECT/.test(name));
    const result = await runConformance({ client, way: memoryWay(), cases });
    const [failing] = result.cases.filter(({ outcome }) => outcome === 'passed');
    const page = resultsPage(conformanceReport([{ result }]));
    expect(page).toContain('\n| client         | yes |  no | lacks it | not observable | not run |\n');
    expect(page).toContain('\n| -------------- | --: | --: | -------: | -------------: | ------: |\n');
    expect(page).toMatch(/\n\| it over memory \| +[1-9]\d* \| +0 \| +[1-9]\d* \| +30 \| +\d+ \|\n/);
    for (const id of failing!.statements) expect(page).toContain(`\n| ${id.padEnd(13)} | yes            |\n`);
    expect(page).toContain('\n| MQTT-3.1.3-11 | lacks it       |\n');
    expect(page).not.toContain('\n| MQTT-3.1.2-6 |');
  });
});
