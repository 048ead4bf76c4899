// Runs the Io conformance suite over WebSocket in bun or deno: takes a request as JSON, and prints its report as JSON.
import process from 'node:process';
import { conformance } from '../conformance/conformance.ts';
import type { ConformanceRequest } from '../conformance/request.ts';

const request = JSON.parse(process.argv[2] ?? '{}') as ConformanceRequest;
console.log(JSON.stringify(await conformance(request)));
