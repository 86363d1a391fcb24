import * as nodeCrypto from "node:crypto";
import { Command, CommanderError, Option } from "commander";
import type { Client } from "../client.ts";
import { createClient } from "../create-client.ts";
import { expand } from "./expand.ts";
import { test } from "./test.ts";
import { verify } from "./verify.ts";
import type { CommandOutput } from "./output.ts";

/** The parts of the process that the command uses. */
export interface GatorProcess {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
}

/** Runs `gator` with its arguments. Answers the exit code. */
export async function runGator(args: readonly string[], process: GatorProcess): Promise<number> {
  let exitCode = 0;
  const finish = (output: CommandOutput): void => {
    process.stdout.write(output.stdout);
    process.stderr.write(output.stderr);
    exitCode = output.exitCode;
  };
  const program = new Command("gator")
    .description("Test Gatekeeper templates and constraints on this machine")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
    });
  testCommand(program, process, finish);
  expandCommand(program, process, finish);
  verifyCommand(program, process, finish);
  try {
    await program.parseAsync(args.flatMap(goStyle), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return exitCode;
}

/** Go's flags that commander reads otherwise: `-o=yaml` gives `=yaml` there, and `--trace=true` is an error. */
function goStyle(arg: string): readonly string[] {
  const short = /^(-[a-zA-Z])=(.*)$/s.exec(arg);
  if (short) return [short[1] as string, short[2] as string];
  const flag = /^--(verbose|trace|deny-only)=(true|false)$/.exec(arg);
  if (!flag) return [arg];
  return flag[2] === "true" ? [`--${flag[1]}`] : [];
}

/** Templates are judged by their Rego alone; gator's switches for the other engine are taken and do nothing. */
function nativeValidation(): Option {
  return new Option("--enable-k8s-native-validation [on]", "without effect").hideHelp();
}

function nativeFailurePolicy(): Option {
  return new Option("--default-k8s-native-validation-failure-policy <policy>", "without effect").hideHelp();
}

interface TestFlags {
  readonly filename: readonly string[];
  readonly output: string;
  readonly trace: boolean;
  readonly verbose: boolean;
  readonly denyOnly: boolean;
}

function testCommand(program: Command, process: GatorProcess, finish: (output: CommandOutput) => void): void {
  program
    .command("test")
    .description("review Kubernetes objects by the templates and constraints among them")
    .option("-f, --filename <path>", "a file or folder; may be repeated", collect, [])
    .option("-o, --output <format>", "json, yaml or junit", "")
    .option("-t, --trace", "print a trace of the evaluation", false)
    .option("-v, --verbose", "print what the templates print", false)
    .option("--deny-only", "print denials only", false)
    .addOption(nativeValidation())
    .addOption(nativeFailurePolicy())
    .action(async (flags: TestFlags) => {
      const stdin = await readStdin(process.stdin);
      const create = (): Client => gatorClient(flags.verbose, process);
      finish(await test({ ...flags, filenames: flags.filename, stdin, createClient: create }));
    });
}

/** Gathers the values of an option that may be repeated. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

interface ExpandFlags {
  readonly filename: readonly string[];
  readonly format: string;
  readonly outputfile: string;
}

function expandCommand(
  program: Command,
  process: GatorProcess,
  finish: (output: CommandOutput) => void,
): void {
  program
    .command("expand")
    .description(
      "print the objects that others imply by ExpansionTemplates, for example Pods of a Deployment",
    )
    .option("-n, --filename <path>", "a file or folder; may be repeated", collect, [])
    .option("-f, --format <format>", "json or yaml", "yaml")
    .option("-o, --outputfile <path>", "write to a file", "")
    .action(async ({ filename, format, outputfile }: ExpandFlags) => {
      const stdin = await readStdin(process.stdin);
      finish(await expand({ filenames: filename, stdin, format, outputFile: outputfile }));
    });
}

/** What is piped in; nothing where standard input is a terminal. */
async function readStdin(stdin: GatorProcess["stdin"]): Promise<string> {
  if (stdin.isTTY === true) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdin)
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text;
}

function verifyCommand(
  program: Command,
  process: GatorProcess,
  finish: (output: CommandOutput) => void,
): void {
  program
    .command("verify")
    .description("run the suites of a file, a folder, or with folder/... of all folders below")
    .argument("<path>")
    .option(
      "-r, --run <regex>",
      "run only the tests and cases whose names match: test//case, or one for either",
      "",
    )
    .option("-v, --verbose", "print every test and case", false)
    .option("-t, --trace", "print a trace of the evaluation", false)
    .addOption(nativeValidation())
    .addOption(nativeFailurePolicy())
    .action(async (path: string, flags: { run: string; verbose: boolean; trace: boolean }) => {
      finish(
        await verify(path, {
          ...flags,
          now: () => performance.now(),
          createClient: () => gatorClient(flags.verbose, process),
        }),
      );
    });
}

/** A client with the clock, randomness and cryptography of the machine. */
function gatorClient(verbose: boolean, process: GatorProcess): Client {
  return createClient({
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: () => Math.random(),
    crypto: nodeCrypto,
    ...(verbose && { onPrint: (line: string) => void process.stderr.write(`${line}\n`) }),
  });
}
