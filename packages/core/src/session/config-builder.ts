import { checkConfig, checkSetting, type SessionConfig } from './config.ts';
import type { Buffers } from './buffers.ts';

type Settings = { -readonly [Name in keyof SessionConfig]: SessionConfig[Name] };
type Setting = Exclude<keyof SessionConfig, 'buffers'>;
type ValueOf<Name extends Setting> = Exclude<SessionConfig[Name], undefined>;

/**
 * Builds a `SessionConfig` setting by setting. Each is checked as it is given: a `ConfigError` points at the line that
 * is wrong.
 */
export class ConfigBuilder {
  readonly #settings: Settings;

  constructor(buffers: Buffers) {
    checkSetting('buffers', buffers);
    this.#settings = { buffers };
  }

  /** Gives one setting, under its name in `SessionConfig`. */
  set<Name extends Setting>(name: Name, value: ValueOf<Name>): this {
    checkSetting(name, value);
    Object.assign(this.#settings, { [name]: value });
    return this;
  }

  /** Text of at most 65,535 bytes; empty: the broker assigns one. */
  clientId(clientId: string): this {
    return this.set('clientId', clientId);
  }

  /** Seconds. */
  keepAlive(keepAlive: number): this {
    return this.set('keepAlive', keepAlive);
  }

  /** Seconds. */
  sessionExpiryInterval(sessionExpiryInterval: number): this {
    return this.set('sessionExpiryInterval', sessionExpiryInterval);
  }

  /** User name and password; undefined leaves one as it is. */
  credentials(username: string | undefined, password: Uint8Array | string | undefined): this {
    if (username !== undefined) this.set('username', username);
    return password === undefined ? this : this.set('password', password);
  }

  /** What the broker publishes when a connection is lost. */
  will(will: ValueOf<'will'>): this {
    return this.set('will', will);
  }

  /** A copy of the settings so far. Throws a `ConfigError` where they do not go together. */
  build(): SessionConfig {
    checkConfig(this.#settings);
    return { ...this.#settings };
  }
}
