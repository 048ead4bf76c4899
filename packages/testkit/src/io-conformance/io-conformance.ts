import { Bench } from './bench.ts';
import { IoConformanceError, type CaseBody, type IoCase } from './case.ts';
import { Call } from './call.ts';
import { CLOSING } from './cases/closing.ts';
import { ENDING } from './cases/ending.ts';
import { FLOW } from './cases/flow.ts';
import { READING } from './cases/reading.ts';
import { WRITING } from './cases/writing.ts';
import { settingsOf, type IoConformanceOptions } from './options.ts';
import { Waiting } from './waiting.ts';

/**
 * The contract of `Io` as cases for one transport, for whoever writes it: each sentence of it, and the traps that
 * transports fall into. Each case opens a pair of its own; they may run in any order. Needs no test runner and no
 * platform. Throws a `RangeError` for an option that makes no sense.
 */
export function ioConformance(options: IoConformanceOptions): readonly IoCase[] {
  const settings = settingsOf(options);
  const without = options.without ?? [];
  const kind = settings.inboundCapBytes === undefined ? 'flow-control' : 'no-flow-control';
  const fits = ({ needs = [], only = kind }: CaseBody): boolean =>
    only === kind && !needs.some((ability) => without.includes(ability));

  return [...READING, ...WRITING, ...ENDING, ...CLOSING, ...FLOW].filter(fits).map((body) => ({
    name: body.name,
    sentence: body.sentence,
    async run() {
      const opening = new Call('open()', options.open);
      const bench = new Bench(await new Waiting(settings).resultOf(opening), settings);
      try {
        await body.run(bench);
      } catch (error) {
        throw new IoConformanceError(options.name, body, error);
      } finally {
        await bench.dispose();
      }
    },
  }));
}
