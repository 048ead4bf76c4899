import type { Duration } from '../measures/throughput.ts';
import type { CodecName } from './codec.ts';

export interface CodecTask {
  readonly codec: CodecName;
  readonly caseName: string;
  readonly duration: Duration;
}
