import { cpus, release, totalmem, type } from 'node:os';
import { createRequire } from 'node:module';
import type { ContestResult } from '../run/contest.ts';
import type { TargetResult } from './targets.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
}

/** All that a run found out, and on what. */
export interface Results {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly contests: readonly ContestResult[];
  readonly targets: readonly TargetResult[];
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
  };
}

const PEERS = ['mqtt', 'mqtt-packet', 'ws'] as const;

/** Of Node and of the packages measured beside ours. */
export function describeVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = { node: process.versions.node, v8: process.versions.v8 };
  for (const name of PEERS) {
    versions[name] = (require(`${name}/package.json`) as { readonly version: string }).version;
  }
  return versions;
}
