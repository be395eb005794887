/**
 * Who may import whom: protocols <- storage <- runtime <- actors <- scripts, test.
 *
 * Imports of types count as well: a type that has to look upwards is in the wrong folder. Only cycles are
 * judged without them, because types are allowed to be recursive across files (an actor's class and the
 * reference to it name each other) and leave nothing behind that could be loaded in the wrong order.
 */
const FOLDERS = 'protocols|storage|runtime|actors|scripts|test'

/** Everything of the project that a folder must not reach. */
function only(name, comment, from, allowed) {
  return {
    name,
    comment,
    severity: 'error',
    from,
    to: { path: `^(${FOLDERS})/`, pathNot: allowed },
  }
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('protocols-stand-alone', 'Protocols import nothing else of the project.', { path: '^protocols/' }, [
      '^protocols/',
    ]),
    {
      name: 'protocols-are-pure',
      comment: 'Protocols do no I/O: they import no module of Node.',
      severity: 'error',
      from: { path: '^protocols/' },
      to: { dependencyTypes: ['core'] },
    },
    only('storage-below-runtime', 'Storage imports protocols and itself.', { path: '^storage/' }, [
      '^(protocols|storage)/',
    ]),
    only(
      'runtime-below-actors',
      'The runtime imports protocols, storage and itself; only the command line puts all parts together.',
      { path: '^runtime/', pathNot: '^runtime/cli/' },
      ['^(protocols|storage|runtime)/'],
    ),
    only('cli-below-scripts', 'The command line is part of the product.', { path: '^runtime/cli/' }, [
      '^(protocols|storage|runtime|actors)/',
    ]),
    {
      name: 'cli-is-on-top',
      comment: 'The command line is where everything is put together, so nothing in the runtime imports it.',
      severity: 'error',
      from: { path: '^(runtime|actors|storage)/', pathNot: '^runtime/cli/' },
      to: { path: '^runtime/cli/' },
    },
    only(
      'actors-use-the-public-face',
      'Ready-made actors are written as a user would write them, against the public names of the runtime, as shells of protocols over storage.',
      { path: '^actors/([^/]+)/' },
      ['^actors/$1/', '^runtime/index[.]ts$', '^(protocols|storage)/'],
    ),
    {
      name: 'no-cycles',
      comment: 'Two modules that load each other are one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'What is published must not need a package that only developers have.',
      severity: 'error',
      from: { path: '^(protocols|storage|runtime|actors)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
      },
    },
    {
      name: 'resolvable',
      comment: 'An import has to lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/(types/must-|package/user/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
