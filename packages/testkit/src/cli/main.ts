#!/usr/bin/env node
import process from 'node:process';
import { run } from './run.ts';

const stop = new AbortController();
// Once: who asks a second time does not want to wait.
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
// Nobody reads any more, as behind `| head`.
process.stdout.on('error', () => stop.abort());
process.stderr.on('error', () => {});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  columns: process.stderr.isTTY ? process.stderr.columns : undefined,
  signal: stop.signal,
});
