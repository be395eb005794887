/** Does something again when it fails, up to so many times in all; then it fails with the last error. */
export async function repeated<T>(work: () => Promise<T>, attempts: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts) throw error
    }
  }
}
