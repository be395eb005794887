/** A node whose root function fails. */
export default async function root() {
  throw new Error('no configuration')
}
