/** A node whose process ends with a failure as soon as it is up. */
export default async function root() {
  process.exit(9)
}
