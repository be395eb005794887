package bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The program asks an actor, with a deadline of five seconds on each ask.
 *
 * It asks from outside the system, because Pekko is the faster at that: an actor's own
 * {@code context.ask} turns the answer into a message by way of a third thread.
 */
final class Asks {
  record Add(int number, ActorRef<Integer> replyTo) {}

  /** The rate and the latencies come from rounds of their own, as in the other systems. */
  static void oneAtATime(Bench bench) throws Exception {
    int asks = bench.size("asks");
    ActorRef<Add> counter = bench.spawn(counter(0));
    double seconds = bench.lastRound(() -> askOneByOne(bench, counter, asks));
    Bench.figure("ask", "asks/s", asks / seconds);
    long[] nanos = latencies(bench, counter, asks);
    Bench.figure("ask p50", "µs", Bench.microsecondsAt(0.5, nanos));
    Bench.figure("ask p99", "µs", Bench.microsecondsAt(0.99, nanos));
  }

  static void inFlight(Bench bench) throws Exception {
    int asks = bench.size("asks");
    ActorRef<Add> counter = bench.spawn(counter(0));
    double seconds = bench.lastRound(() -> askInWaves(bench, counter, asks, bench.size("inFlight")));
    Bench.figure("ask, 100 in flight", "asks/s", asks / seconds);
  }

  private static double askOneByOne(Bench bench, ActorRef<Add> counter, int asks) {
    long start = System.nanoTime();
    for (int i = 0; i < asks; i++) ask(bench, counter).join();
    return Bench.secondsSince(start);
  }

  private static long[] latencies(Bench bench, ActorRef<Add> counter, int asks) {
    long[] nanos = new long[asks];
    for (int i = 0; i < asks; i++) {
      long start = System.nanoTime();
      ask(bench, counter).join();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static double askInWaves(Bench bench, ActorRef<Add> counter, int asks, int wave) {
    long start = System.nanoTime();
    for (int asked = 0; asked < asks; asked += wave) {
      List<CompletableFuture<Integer>> answers = new ArrayList<>(wave);
      for (int i = 0; i < wave; i++) answers.add(ask(bench, counter));
      for (CompletableFuture<Integer> answer : answers) answer.join();
    }
    return Bench.secondsSince(start);
  }

  private static CompletableFuture<Integer> ask(Bench bench, ActorRef<Add> counter) {
    return AskPattern.<Add, Integer>ask(
            counter, replyTo -> new Add(1, replyTo), Duration.ofSeconds(5), bench.scheduler())
        .toCompletableFuture();
  }

  private static Behavior<Add> counter(int total) {
    return Behaviors.receiveMessage(
        add -> {
          add.replyTo().tell(total + add.number());
          return counter(total + add.number());
        });
  }

  private Asks() {}
}
