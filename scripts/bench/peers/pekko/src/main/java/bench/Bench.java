package bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** What every workload needs: actors from outside the system, its sizes, a clock, a place to report to. */
final class Bench {
  private final ActorSystem<SpawnProtocol.Command> system;
  private final Map<String, Integer> sizes;

  Bench(ActorSystem<SpawnProtocol.Command> system, Map<String, Integer> sizes) {
    this.system = system;
    this.sizes = sizes;
  }

  int size(String name) {
    return sizes.get(name);
  }

  Scheduler scheduler() {
    return system.scheduler();
  }

  <T> ActorRef<T> spawn(Behavior<T> behavior) {
    return AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
            system,
            replyTo -> new SpawnProtocol.Spawn<>(behavior, "", Props.empty(), replyTo),
            Duration.ofSeconds(60),
            scheduler())
        .toCompletableFuture()
        .join();
  }

  /** The work is done several times in one process, as the compiler needs it, and the last time counts. */
  <T> T lastRound(Callable<T> work) throws Exception {
    T last = null;
    for (int round = 0; round < size("rounds"); round++) last = work.call();
    return last;
  }

  static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  static void figure(String name, String unit, double value) {
    System.out.printf(Locale.ROOT, "{\"name\":\"%s\",\"unit\":\"%s\",\"value\":%f}%n", name, unit, value);
  }

  static double microsecondsAt(double share, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(sorted.length * share) - 1] / 1e3;
  }
}
