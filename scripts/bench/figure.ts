/**
 * What a program of a benchmark measures, and how it tells: one JSON object per line on its standard
 * output. All programs, in whatever language, use the same names and units.
 */
export type Unit =
  | 'messages/s'
  | 'hops/s'
  | 'actors/s'
  | 'asks/s'
  | 'restarts/s'
  | 'edits/s'
  | 'tx/s'
  | 'decisions/s'
  | 'bytes'
  | 'MB'
  | 'µs'
  | 'ms'
  | '% of one core'

export interface Figure {
  readonly name: string
  readonly unit: Unit
  readonly value: number
}

/** How much work is done; every program of a workload gets the same, as `name=value` arguments. */
export type Sizes = Readonly<Record<string, number>>

export function printFigures(figures: readonly Figure[]): void {
  for (const figure of figures) console.log(JSON.stringify(figure))
}

/** Reads what a program printed. Throws where it printed anything else. */
export function readFigures(output: string): Figure[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readFigure)
}

function readFigure(line: string): Figure {
  const figure = JSON.parse(line) as Partial<Figure>
  if (typeof figure.name !== 'string' || typeof figure.unit !== 'string' || typeof figure.value !== 'number')
    throw new TypeError(`this line is no figure: ${line}`)
  return figure as Figure
}

export function writeSizes(sizes: Sizes): string[] {
  return Object.entries(sizes).map(([name, value]) => `${name}=${value}`)
}

/** The reverse of writeSizes. Throws for what is not `name=number`. */
export function readSizes(args: readonly string[]): Sizes {
  return Object.fromEntries(args.map(readSize))
}

function readSize(arg: string): [string, number] {
  const [name = '', value = ''] = arg.split('=')
  if (name === '' || value === '' || Number.isNaN(Number(value)))
    throw new TypeError(`a size is given as name=number, not as "${arg}"`)
  return [name, Number(value)]
}
