/**
 * A thin face for vitest: matchers, brokers that close with their test, and suites as `describe` wants them. Everything
 * else of the testkit throws plain errors and needs no test runner.
 *
 * @module
 */
export { closeWithTest, describeCases, type SuiteCase } from './lifecycle.ts';
export { matchers, type PacketMatchers } from './matchers.ts';
