import { parseArgs } from 'node:util';
import { otherClients, type Prepare } from './clients/index.ts';

export const USAGE: string = `Usage: npm run conformance -- [options]

Runs the conformance suite for our session, in memory, over TCP and over WebSocket, and for other
clients over TCP.

  --client NAME    another client as well: ${Object.keys(otherClients).join(', ')}; several times for several
  --all            all of them
  --only           nothing but these clients, not our session
  --case PATTERN   only the cases with this regular expression in their names
  --report FILE    where to write the HTML page; default: conformance/report/index.html
  --json FILE      where to write everything as JSON
  --results FILE   where to write a table of the statements as Markdown
  --help           this
`;

export interface RunOptions {
  readonly others: readonly (readonly [name: string, prepare: Prepare])[];
  readonly withOurs: boolean;
  readonly cases: RegExp | undefined;
  /** Paths, as they were given. */
  readonly report: string | undefined;
  readonly json: string | undefined;
  readonly results: string | undefined;
}

/** Undefined: help was asked for. Throws a `TypeError` or `SyntaxError` with what is wrong. */
export function runOptions(args: readonly string[]): RunOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      client: { type: 'string', multiple: true, default: [] },
      all: { type: 'boolean', default: false },
      only: { type: 'boolean', default: false },
      case: { type: 'string' },
      report: { type: 'string' },
      json: { type: 'string' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const names = values.all ? Object.keys(otherClients) : [...new Set(values.client)];
  const others = names.map((name) => {
    const prepare = Object.hasOwn(otherClients, name) ? otherClients[name] : undefined;
    if (prepare === undefined) throw new TypeError(`There is no client '${name}'`);
    return [name, prepare] as const;
  });
  if (values.only && others.length === 0) throw new TypeError('--only leaves nothing to run');
  return {
    others,
    withOurs: !values.only,
    cases: values.case === undefined ? undefined : new RegExp(values.case),
    report: values.report,
    json: values.json,
    results: values.results,
  };
}
