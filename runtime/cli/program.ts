/** What all commands have in common: their options, their help, and how arguments are read. */
import { Command, InvalidArgumentError } from 'commander'
import type { ControlPlace } from '../telemetry/control-path.ts'
import { styled } from './output.ts'

export interface CommonOptions {
  json?: boolean
  debug?: boolean
}

export type NodeOptions = ControlPlace & CommonOptions

/** A command whose errors are thrown instead of ending the process, so that one place reports them. */
export function newProgram(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .configureHelp({ styleTitle: (title) => styled('bold', title) })
}

/** A command with a summary for the list and examples for its own help. */
export function newCommand(name: string, summary: string, examples: readonly string[]): Command {
  return newProgram(name, summary)
    .option('--json', 'write JSON instead of text')
    .option('--debug', 'show where an error came from (also NEUROPLEX_DEBUG=1)')
    .addHelpText(
      'after',
      () => `\n${styled('bold', examples.length > 1 ? 'Examples:' : 'Example:')}\n${indent(examples)}`,
    )
}

/** A command that is made of others. */
export function newGroup(name: string, summary: string, commands: readonly Command[]): Command {
  const group = newProgram(name, summary)
  for (const command of commands) group.addCommand(command)
  const examples = commands.map((command) => `neuroplex ${name} ${command.name()} --help`)
  return group.addHelpText('after', () => `\n${styled('bold', 'Examples:')}\n${indent(examples)}`)
}

/** A command that talks to a running node. */
export function newNodeCommand(name: string, summary: string, examples: readonly string[]): Command {
  return newCommand(name, summary, examples)
    .option('--data-dir <folder>', 'the data folder of the node (default: ".neuroplex")')
    .option('--socket <path>', 'the control socket of the node, where it is not in its data folder')
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}

/** Reads a whole number from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
    throw new InvalidArgumentError(`Give a whole number ${range}.`)
  }
}

/** Reads a duration in seconds, which may have a fraction, from `min` to `max`. */
export function seconds(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Give a number of seconds from ${min} to ${max}.`)
  }
}

/** Reads the path of an actor. */
export function actorPath(text: string): string {
  const path = text.length > 1 ? text.replace(/\/+$/, '') : text
  if (/^(\/[^/\s]+)+$/.test(path)) return path
  throw new InvalidArgumentError(
    'Give the path of an actor as `neuroplex tree` shows it, for instance /user/root.',
  )
}
