import { Command, CommanderError } from 'commander';
import { brokerCommand } from './broker.ts';
import { conformanceCommand } from './conformance.ts';
import { CommandFailure, type Surroundings } from './surroundings.ts';

const NAME = 'minimq-testkit';

/** Runs a command line, without the name of the program; resolves with the exit code, and never rejects. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const program = new Command(NAME)
    .description('Tools for testing MQTT v5 clients.')
    .helpCommand(false)
    .addCommand(brokerCommand(surroundings))
    .addCommand(conformanceCommand(surroundings));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: surroundings.out,
      writeErr: surroundings.err,
      outputError: (message) => surroundings.err(lineOf(message.replace(/^error: /, ''))),
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // It has said what was wrong; or it was asked for help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    surroundings.err(lineOf(error instanceof Error ? error.message : String(error)));
    return error instanceof CommandFailure ? error.exitCode : 1;
  }
}

function lineOf(message: string): string {
  return `${NAME}: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`;
}
