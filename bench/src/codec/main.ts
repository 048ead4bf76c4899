// The process of one codec and one packet. Its argument is a `CodecTask`.
import { keptSum, measureCallNs } from '../measures/call-time.ts';
import { runTask } from '../run/in-child.ts';
import { codecWork } from './codec.ts';
import { PACKET_CASES } from './packet-cases.ts';
import type { CodecTask } from './task.ts';

await runTask<CodecTask>(async ({ codec, caseName, duration }) => {
  const packetCase = PACKET_CASES.find(({ name }) => name === caseName)!;
  const { encode, decode } = codecWork(codec, packetCase);
  const metrics = { encodeNs: measureCallNs(encode, duration), decodeNs: measureCallNs(decode, duration) };
  if (!Number.isInteger(keptSum())) throw new Error('A call returned no number');
  return metrics;
});
